using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using AiGateway.Tests.Ledger;
using AiGateway.Tests.Storage;
using AiGateway.Tests.Support;
using Eventually = AiGateway.Tests.Support.Eventually;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Several gateways, each a process of its own, on one database: no one is special, and the death of one costs nobody a token.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class SharedDatabaseTests(SqlServerFixture server, ITestOutputHelper output) : IClassFixture<SqlServerFixture>
{
    /// <summary>How many moves two processes make; the ordinary run keeps it short.</summary>
    private const string MovesVariable = "AIGATEWAY_SHARED_MOVES";
    private const int ShortRun = 600, Users = 4, Callers = 12;
    private const long Grant = 1_000_000_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_gateways_make_mixed_moves_one_is_killed_half_way_and_the_books_balance()
    {
        await MixedMovesAsync(Moves, RunningGateway.WithoutHourlyLimit());
    }

    [Fact]
    public async Task Two_gateways_make_mixed_moves_on_SQL_Server_and_the_books_balance()
    {
        var place = await server.PlaceAsync(output);
        var settings = RunningGateway.WithoutHourlyLimit();
        (settings["Ledger__Provider"], settings["ConnectionStrings__Ledger"]) = ("SqlServer", place);
        try
        {
            await MixedMovesAsync(Moves, settings);
        }
        finally
        {
            await server.Places.DropAsync(place, CancellationToken.None);
        }
    }

    private static int Moves =>
        int.TryParse(Environment.GetEnvironmentVariable(MovesVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : ShortRun;

    /// <summary>Half of them by both, then one is killed and the other makes the rest.</summary>
    private async Task MixedMovesAsync(int moves, Dictionary<string, string> settings)
    {
        settings["Ledger__HoldExpiry"] = "00:00:05";
        await using var gateway = await RunningGateway.StartAsync(settings, processes: 2);
        var keys = new List<MadeKey>();
        for (var user = 0; user < Users; user++)
            keys.Add(await gateway.NewUserAsync($"user-{user}", Grant));
        // Every fifth call fails at the provider: its hold is released.
        gateway.Provider.Answer = request =>
            request.Text.Contains("fail", StringComparison.Ordinal) ? FakeAnswer.Error(400, "invalid_request_error", "bad", "No.") : FakeChat.Answer(request);
        var (made, number, complete) = (0, 0, new ConcurrentBag<string>());
        var killed = false;

        async Task CallAsync(int caller)
        {
            for (var call = 0; Volatile.Read(ref made) < moves; call++)
            {
                var node = Volatile.Read(ref killed) ? 0 : (caller + call) % 2;
                try
                {
                    Interlocked.Add(ref made, await MoveAsync(gateway, keys[caller % Users], node, Interlocked.Increment(ref number), complete));
                }
                catch (Exception gone) when (gone is HttpRequestException or IOException && node == 1)
                {
                    // Killed under this call.
                }
            }
        }

        var load = Enumerable.Range(0, Callers).Select(CallAsync).ToList();
        await Eventually.TrueAsync(() => Volatile.Read(ref made) >= moves / 2, "half of the moves are made", TimeSpan.FromMinutes(5));
        await gateway.Nodes[1].KillAsync();
        Volatile.Write(ref killed, true);
        await Task.WhenAll(load);

        await gateway.NothingHeldAsync();
        var rows = await gateway.Admin.TransactionsAsync();
        var charges = rows.Where(row => row.GetProperty("entry").GetString() == "usage").ToLookup(row => row.GetProperty("request_id").GetString());
        Assert.All(complete, id => Assert.Single(charges[id]));
        Assert.All(charges, charge => Assert.Single(charge));
        await gateway.BooksBalanceAsync();
        output.WriteLine($"{made} moves, {complete.Count} whole answers, {charges.Count} charges, {rows.Count} rows, one of two processes killed after {moves / 2}: the books balance");
    }

    [Fact]
    public async Task A_key_that_one_gateway_revokes_is_refused_by_all()
    {
        await using var gateway = await RunningGateway.StartAsync(processes: 3);
        var key = await gateway.NewUserAsync("anna", 100_000);
        for (var node = 0; node < 3; node++)
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, key, node));
        using var revoke = new HttpRequestMessage(HttpMethod.Delete, $"/admin/v1/keys/{key.Id}") { Headers = { Authorization = new("Bearer", RunningGateway.AdminKey) } };
        (await gateway.Process.Client.SendAsync(revoke, Cancel)).EnsureSuccessStatusCode();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (var node = 0; node < 3; node++)
            await Eventually.TrueAsync(async () => await StatusAsync(gateway, key, node) == HttpStatusCode.Unauthorized, $"gateway {node} refuses the key");
        output.WriteLine($"refused by all of three {watch.ElapsedMilliseconds} ms after it was revoked on one");
    }

    [Fact]
    public async Task A_session_that_one_gateway_began_is_good_at_all()
    {
        await using var gateway = await RunningGateway.StartAsync(processes: 3);
        // As a browser behind a balancer: one cookie jar, and each request reaches another gateway.
        using var browser = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var asked = await browser.GetStringAsync(new Uri(gateway.Nodes[0].BaseAddress, "/admin/sign-in"), Cancel);
        var seal = Regex.Match(asked, "name=\"(__RequestVerificationToken)\"[^>]*value=\"([^\"]+)\"");
        Assert.True(seal.Success, "The form has no seal.");
        using var form = new FormUrlEncodedContent([new("key", RunningGateway.AdminKey), new(seal.Groups[1].Value, WebUtility.HtmlDecode(seal.Groups[2].Value))]);
        using var signedIn = await browser.PostAsync(new Uri(gateway.Nodes[1].BaseAddress, "/admin/sign-in"), form, Cancel);
        Assert.Equal("/admin", signedIn.RequestMessage?.RequestUri?.AbsolutePath);
        foreach (var node in gateway.Nodes)
        {
            using var page = await browser.GetAsync(new Uri(node.BaseAddress, "/admin"), Cancel);
            Assert.Equal((HttpStatusCode.OK, "/admin"), (page.StatusCode, page.RequestMessage?.RequestUri?.AbsolutePath));
        }
    }

    [Fact]
    public async Task One_of_three_sweeps_and_another_takes_over_when_it_dies()
    {
        await using var gateway = await RunningGateway.StartAsync(processes: 3);
        var table = new LedgerTable(gateway.Database);
        GatewayProcess? Holder() => table.Text("SELECT holder FROM leases WHERE name = 'sweeper'").Split('/') is [_, var id, _]
            ? gateway.Nodes.SingleOrDefault(node => !node.HasExited && node.Id.ToString(CultureInfo.InvariantCulture) == id) : null;
        await Eventually.TrueAsync(() => Holder() is not null, "somebody sweeps");
        var first = Holder();
        Assert.NotNull(first);
        await first.KillAsync();
        await Eventually.TrueAsync(() => Holder() is not null, "another one sweeps", TimeSpan.FromMinutes(1));
        Assert.Equal(1, table.Number("SELECT count(*) FROM leases WHERE name = 'sweeper'"));
    }

    /// <summary>A call that is charged, one that is released, or a grant.</summary>
    /// <returns>How many moves that were.</returns>
    private static async Task<int> MoveAsync(RunningGateway gateway, MadeKey key, int node, int number, ConcurrentBag<string> complete)
    {
        if (number % 10 == 0)
        {
            await new AdminClient(gateway.Nodes[node].Client, RunningGateway.AdminKey).GrantAsync($"user-{number % Users}", 1_000, $"more:{number}");
            return 1;
        }
        var (stream, fails) = (number % 2 == 0, number % 5 == 1);
        using var answer = await gateway.Caller(key, node).ChatAsync(
            $$"""{"model":"gpt-4o","stream":{{(stream ? "true" : "false")}},"max_tokens":100,"messages":[{"role":"user","content":"{{(fails ? "fail" : "call")}} {{number}}"}]}""");
        var body = Encoding.UTF8.GetString(await answer.BytesAsync());
        if (answer.IsSuccessStatusCode && (!stream || body.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal)))
            complete.Add(answer.RequestId());
        else if (!fails)
            Assert.Fail($"A call got {(int)answer.StatusCode}: {body}");
        // Its hold, and what closed it.
        return 2;
    }

    private static async Task<HttpStatusCode> StatusAsync(RunningGateway gateway, MadeKey key, int node)
    {
        using var request = gateway.Caller(key, node).Request(HttpMethod.Get, "/gateway/v1/balance");
        using var answer = await gateway.Nodes[node].Client.SendAsync(request, Cancel);
        return answer.StatusCode;
    }
}
