using System.Net;
using System.Text.Json;
using AiGateway.Tests.Jobs;
using AiGateway.Tests.Ledger;
using AiGateway.Tests.Support;
using Eventually = AiGateway.Tests.Support.Eventually;

namespace AiGateway.Tests.EndToEnd;

/// <summary>One token too many in a cycle: the owner hears of it once by each way, though two gateways look, and one of them is started again.</summary>
[Collection(PatientGroup.Name)]
public sealed class AlertTests
{
    private const string User = "busy", Lease = "SELECT * FROM leases WHERE name = 'alerts'";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_token_above_a_million_raises_one_alert_by_log_webhook_and_mail_over_two_nodes_and_a_restart()
    {
        await using var hook = await FakeProvider.StartAsync();
        hook.Answer = _ => FakeAnswer.Json("{}");
        using var mails = new MailServer();
        var settings = new Dictionary<string, string>
        {
            ["Alerts__WebhookUrl"] = hook.BaseUrl + "/alerts", ["Alerts__WebhookSecret"] = "a-secret-of-the-tests", ["Alerts__SmtpHost"] = "127.0.0.1", ["Alerts__SmtpPort"] = $"{mails.Port}",
            ["Alerts__SmtpSecurity"] = "none", ["Alerts__MailFrom"] = "gateway@example.com", ["Alerts__MailTo"] = "owner@example.com",
        };
        await using var gateway = await RunningGateway.StartAsync(settings, processes: 2);
        var table = new LedgerTable(gateway.Database);
        await gateway.NewUserAsync(User, 0);
        await SubscribeAsync(gateway);
        await UseAsync(gateway, "first", 1_000_000);
        await UseAsync(gateway, "one more", 1);
        await Eventually.TrueAsync(() => hook.Count == 1 && mails.Count == 1, "webhook and mail have it");
        Assert.Contains("1,000,001 tokens", JsonDocument.Parse(hook.Requests.Single().Body).RootElement.GetProperty("message").GetString());
        Assert.Contains("User busy of plan Monthly has used 1,000,001 tokens", mails.Last);
        Assert.Equal(1, gateway.Nodes.Sum(node => node.Wrote("Alert heavy_user")));

        // Whoever looked is killed and started again; the other takes his place; more is used.
        await gateway.Nodes[0].KillAsync();
        await gateway.Nodes[0].StartAsync();
        await UseAsync(gateway, "and more", 250_000);
        await LooksAsync(table, 2);
        Assert.Equal("heavy_user|busy|1000000|1", table.Rows("SELECT kind, subject, threshold, count(*) FROM alerts GROUP BY 1, 2, 3"));
        Assert.Equal((1, 1), (hook.Count, mails.Count));
        Assert.Equal(1, gateway.Nodes.Sum(node => node.Wrote("Alert heavy_user")));
    }

    /// <summary>Buys a month in the demo checkout.</summary>
    private static async Task SubscribeAsync(RunningGateway gateway)
    {
        var app = gateway.Caller(await gateway.AppAsync());
        using var wish = app.Request(HttpMethod.Post, "/gateway/v1/checkout", """{"plan":"monthly"}""");
        wish.Headers.TryAddWithoutValidation("X-AiGateway-User", User);
        using var answer = await app.SendAsync(wish);
        var url = (await answer.JsonAsync()).GetProperty("url").GetString() ?? "";
        using var paid = await gateway.Process.Client.PostAsync(new Uri(url).AbsolutePath + "/pay", null, Cancel);
        await Eventually.TrueAsync(async () => await gateway.Admin.TokensOfAsync(User) == 600_000, "the month runs");
    }

    /// <summary>Of a model that costs nothing: the margin raises no alert of its own.</summary>
    private static async Task UseAsync(RunningGateway gateway, string key, long tokens)
    {
        var app = gateway.Caller(await gateway.AppAsync(), node: 1);
        var json = JsonSerializer.Serialize(new { source_key = key, user_id = User, action_type = "chat", model = "omni-moderation", prompt_tokens = tokens, completion_tokens = 0 });
        using var answer = await app.SendAsync(app.Request(HttpMethod.Post, "/gateway/v1/usage", json));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>Waits until somebody has looked for alerts so many times more: each look takes or prolongs the lease.</summary>
    private static async Task LooksAsync(LedgerTable table, int times)
    {
        for (var look = 0; look < times; look++)
        {
            var before = table.Rows(Lease);
            await Eventually.TrueAsync(() => table.Rows(Lease) != before, "somebody looked");
        }
    }
}
