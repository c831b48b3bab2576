using System.Net;
using System.Text.Json;
using AiGateway.Hosting;
using AiGateway.Tests.ConfigFiles;
using AiGateway.Tests.Support;
using Microsoft.Data.Sqlite;

namespace AiGateway.Tests.EndToEnd;

/// <summary>What an orchestrator and a balancer are told, and the order in which a gateway stops.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class HealthTests
{
    private const string Ask = """{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hello"}]}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_a_stream_finishes_the_gateway_lives_is_not_ready_and_takes_no_call()
    {
        await using var gateway = await RunningGateway.StartAsync(RunningGateway.WithoutHourlyLimit());
        var caller = gateway.Caller(await gateway.NewUserAsync("anna", 1_000_000));
        var gate = new Gate();
        var events = FakeChat.Stream(withUsage: true);
        gateway.Provider.Enqueue(FakeAnswer.Events(events.Select((text, at) => FakePiece.Of(text, at == 3 ? gate : null))));
        using var stream = await caller.ChatAsync(Ask);
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync(Cancel));
        Assert.StartsWith("data:", await reader.ReadLineAsync(Cancel), StringComparison.Ordinal);
        var exit = gateway.Process.StopAsync();
        await Eventually.TrueAsync(async () => (await ReadyAsync(gateway)).Status == HttpStatusCode.ServiceUnavailable, "readiness is off");
        Assert.True((await ReadyAsync(gateway)).Body.GetProperty("checks").GetProperty("draining").GetBoolean());
        using (var live = await NewConnectionAsync(gateway, "/health/live"))
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        using (var refused = await caller.ChatAsync(Ask))
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (refused.StatusCode, refused.Headers.ConnectionClose));
            Assert.Contains("\"draining\"", await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }
        Assert.False(exit.IsCompleted);
        gate.Open();
        Assert.EndsWith("data: [DONE]\n\n", await reader.ReadToEndAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(0, await exit);
        await gateway.Process.StartAsync();
        var row = Assert.Single(await gateway.Admin.ChargesAsync("anna"));
        Assert.Equal(("reported", FakeChat.TotalTokens), (row.GetProperty("usage_source").GetString(), row.GetProperty("tokens_used").GetInt32()));
        await gateway.NothingHeldAsync();
        await gateway.BooksBalanceAsync();
    }

    [Fact]
    public async Task A_database_that_takes_no_write_is_not_ready_until_it_does()
    {
        await using var gateway = await RunningGateway.StartAsync();
        await using (var locker = new SqliteConnection($"Data Source={gateway.Database}"))
        {
            await locker.OpenAsync(Cancel);
            await using var held = locker.BeginTransaction(deferred: false);
            await Eventually.TrueAsync(async () => (await ReadyAsync(gateway)).Body.GetProperty("checks").GetProperty("database").GetString() == "unavailable", "the lock is noticed");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ReadyAsync(gateway)).Status);
            using var live = await gateway.Process.Client.GetAsync("/health/live", Cancel);
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        }
        await Eventually.TrueAsync(async () => (await ReadyAsync(gateway)).Status == HttpStatusCode.OK, "it is ready again");
    }

    [Fact]
    public async Task A_node_was_started_before_anybody_asked_when()
    {
        using var folder = new TempFolder();
        await using var gateway = new GatewayProcess(folder.Root, new Dictionary<string, string> { ["ASPNETCORE_ENVIRONMENT"] = "Development", ["OPENAI_BASE_URL"] = "http://127.0.0.1:9/v1" });
        gateway.Launch();
        await Eventually.TrueAsync(() => gateway.Wrote("AiGateway is ready") == 1, "it serves");
        var now = TimeProvider.System.GetUtcNow();
        using var answer = await gateway.Client.GetAsync("/health/ready", Cancel);
        var node = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancel)).GetProperty("node");
        Assert.True(node.GetProperty("started_at").GetDateTimeOffset() < now, $"It says {node}, and served at {now:O} already.");
    }

    [Fact]
    public async Task A_start_on_a_database_that_is_there_and_its_first_call_make_no_model_of_EF()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Which libraries a process uses is read from /proc.");
        await using var gateway = await RunningGateway.StartAsync();
        var caller = gateway.Caller(await gateway.NewUserAsync("anna", 1_000_000));
        // The look for alerts, ten seconds after a start, does make one: on a machine that slow another start is looked at.
        await Eventually.TrueAsync(async () =>
        {
            await gateway.Process.StopAsync();
            await gateway.Process.StartAsync();
            gateway.Provider.Enqueue(FakeAnswer.Json(FakeChat.Whole));
            using var answer = await caller.ChatAsync("""{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}]}""");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var used = await File.ReadAllTextAsync($"/proc/{gateway.Process.Id}/maps", Cancel);
            return used.Contains("Microsoft.Data.Sqlite.dll", StringComparison.Ordinal) && !used.Contains("Microsoft.EntityFrameworkCore.Relational.dll", StringComparison.Ordinal);
        }, "no model is made");
    }

    [Fact]
    public async Task Files_that_are_wrong_are_told_together_and_nothing_starts()
    {
        using var folder = new TempFolder();
        Shipped.CopyTo(folder.Root);
        foreach (var name in (string[])["routes.json", "prices.json", "plans.json"])
            File.AppendAllText(Path.Combine(folder.Root, "config", name), "oops");
        await using var gateway = new GatewayProcess(folder.Root, new Dictionary<string, string>());
        gateway.Launch();
        Assert.Equal(Misconfigured.ExitCode, await gateway.ExitedAsync());
        Assert.All((string[])["routes.json", "prices.json", "plans.json"], name => Assert.Contains(name + "(", gateway.Output, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", gateway.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_show_the_versions_that_they_serve_by()
    {
        await using var gateway = await RunningGateway.StartAsync(processes: 2, prepare: Shipped.CopyTo);
        Assert.NotEqual(await NodeAsync(gateway, 0, "id"), await NodeAsync(gateway, 1, "id"));
        var before = await NodeAsync(gateway, 1, "key_list_version");
        await gateway.NewUserAsync("anna", 0);
        await Eventually.TrueAsync(async () => await NodeAsync(gateway, 1, "key_list_version") != before, "the other node knows of the change");
        Assert.Equal(await NodeAsync(gateway, 0, "key_list_version"), await NodeAsync(gateway, 1, "key_list_version"));
        File.AppendAllText(Path.Combine(gateway.Folder, "config", "routes.json"), "oops");
        await Eventually.TrueAsync(async () => (await ReadyAsync(gateway)).Body.GetProperty("checks").GetProperty("config").GetString() == "edit_refused", "the bad edit is told");
        var (status, body) = await ReadyAsync(gateway);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.NotEqual(JsonValueKind.Null, body.GetProperty("node").GetProperty("files").GetProperty("routes").GetProperty("refused_at").ValueKind);
    }

    private static async Task<string> NodeAsync(RunningGateway gateway, int node, string what) =>
        (await ReadyAsync(gateway, node)).Body.GetProperty("node").GetProperty(what).ToString();

    private static async Task<(HttpStatusCode Status, JsonElement Body)> ReadyAsync(RunningGateway gateway, int node = 0)
    {
        using var answer = await gateway.Nodes[node].Client.GetAsync("/health/ready", Cancel);
        return (answer.StatusCode, JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancel)));
    }

    /// <summary>As a probe asks: it keeps no connection.</summary>
    private static async Task<HttpResponseMessage> NewConnectionAsync(RunningGateway gateway, string path)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        return await client.GetAsync(new Uri(gateway.Process.BaseAddress, path), Cancel);
    }
}
