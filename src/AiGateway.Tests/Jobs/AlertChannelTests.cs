using System.Text;
using AiGateway.Insights;
using AiGateway.Jobs;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.Jobs;

/// <summary>An alert on the wire: posted and signed, or mailed.</summary>
public sealed class AlertChannelTests
{
    private const string Secret = "a-secret-of-the-tests";

    private static readonly AlertView Alert = new(
        "alert_1", "heavy_user", "anna", 1_000_000, 1_000_001, DateTime.UnixEpoch, "User anna has used 1,000,001 tokens.", DateTime.UnixEpoch, "waiting", null);

    [Fact]
    public async Task A_post_is_signed_over_its_time_and_body()
    {
        await using var receiver = await FakeProvider.StartAsync();
        receiver.Answer = _ => FakeAnswer.Json("{}");
        using var hook = Hook(receiver.BaseUrl + "/alerts");
        Assert.Null(await hook.SendAsync(Alert, TestContext.Current.CancellationToken));
        var request = receiver.Requests.Single();
        var signature = request.Header(AlertWebhook.SignatureHeader) ?? "";
        var seconds = long.Parse(signature.Split(',')[0][2..]);
        Assert.Equal(AlertWebhook.Signature(Secret, seconds, request.Body), signature);
        Assert.NotEqual(AlertWebhook.Signature(Secret + "x", seconds, request.Body), signature);
        Assert.Equal("POST /v1/alerts", $"{request.Method} {request.RawTarget}");
        Assert.Contains("\"id\":\"alert_1\"", Encoding.UTF8.GetString(request.Body));
    }

    [Fact]
    public void The_signature_is_hmac_sha256() =>
        // printf '1.{}' | openssl dgst -sha256 -hmac key
        Assert.Equal("t=1,v1=1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224", AlertWebhook.Signature("key", 1, "{}"u8));

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var receiver = await FakeProvider.StartAsync();
        receiver.Answer = _ => FakeAnswer.Json("{}") with { Status = 307, Headers = [KeyValuePair.Create("Location", receiver.BaseUrl + "/elsewhere")] };
        using var hook = Hook(receiver.BaseUrl + "/alerts");
        Assert.Equal("the webhook answered 307", await hook.SendAsync(Alert, TestContext.Current.CancellationToken));
        Assert.Equal(1, receiver.Count);
    }

    [Fact]
    public async Task Nobody_there_is_told_in_a_line()
    {
        using var hook = Hook("http://127.0.0.1:1/");
        Assert.StartsWith("the webhook could not be reached", await hook.SendAsync(Alert, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_mail_reaches_everybody_it_is_for()
    {
        using var server = new MailServer();
        var mail = new AlertMail(OptionsFor(server));
        Assert.Null(await mail.SendAsync(Alert, TestContext.Current.CancellationToken));
        await Eventually.TrueAsync(() => server.Count == 1, "the mail is there");
        var text = server.Last;
        Assert.Contains("MAIL FROM:<gateway@example.com>", text);
        Assert.Contains("RCPT TO:<owner@example.com>", text);
        Assert.Contains("RCPT TO:<second@example.com>", text);
        Assert.Contains("Subject: AiGateway alert: heavy user", text);
        Assert.Contains("User anna has used 1,000,001 tokens.", text);
    }

    [Fact]
    public async Task A_mail_server_without_tls_gets_nothing_where_tls_is_asked_for()
    {
        using var server = new MailServer();
        var why = await new AlertMail(OptionsFor(server) with { SmtpSecurity = MailSecurity.StartTls }).SendAsync(Alert, TestContext.Current.CancellationToken);
        Assert.StartsWith("the mail server did not take it", why);
    }

    private static AlertWebhook Hook(string url) => new(new AlertOptions { WebhookUrl = new Uri(url), WebhookSecret = Secret }, TimeProvider.System);

    private static AlertOptions OptionsFor(MailServer server) => new()
    {
        SmtpHost = "127.0.0.1", SmtpPort = server.Port, SmtpSecurity = MailSecurity.None, MailFrom = "gateway@example.com", MailTo = ["owner@example.com", "second@example.com"],
    };
}
