using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>
/// The gateway is killed under load, again and again, and started on the same database: what a caller saw complete is charged, once, and so is
/// whatever the provider was asked.
/// </summary>
[Collection(EndToEndGroup.Name)]
public sealed class KillNineTests
{
    /// <summary>How many times to kill; the ordinary run keeps it short.</summary>
    private const string RoundsVariable = "AIGATEWAY_KILL_ROUNDS";
    private const int ShortRun = 5;
    private const int Users = 3, CallersPerUser = 4;
    private const long Grant = 100_000_000;
    private static readonly TimeSpan HoldExpiry = TimeSpan.FromSeconds(5);
    private static int _lastNumber;

    [Fact]
    public async Task Every_answer_that_arrived_whole_has_exactly_one_charge_after_any_kill()
    {
        var settings = RunningGateway.WithoutHourlyLimit();
        settings["Ledger__HoldExpiry"] = HoldExpiry.ToString("c", CultureInfo.InvariantCulture);
        await using var gateway = await RunningGateway.StartAsync(settings);
        var keys = new List<MadeKey>();
        for (var user = 0; user < Users; user++)
            keys.Add(await gateway.NewUserAsync($"user-{user}", Grant));

        var complete = new ConcurrentBag<string>();
        var rounds = int.TryParse(Environment.GetEnvironmentVariable(RoundsVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : ShortRun;
        var chance = new Random(20_250_101);
        var slowest = TimeSpan.Zero;
        for (var round = 0; round < rounds; round++)
        {
            var enough = gateway.Provider.Count + chance.Next(20, 200);
            var load = keys.SelectMany(key => Enumerable.Range(0, CallersPerUser).Select(caller => CallUntilDeadAsync(gateway, key, caller, complete))).ToList();
            await Eventually.TrueAsync(() => gateway.Provider.Count >= enough, $"round {round}: the provider has seen {enough} calls");
            await gateway.Process.KillAsync();
            await Task.WhenAll(load);
            var began = TimeProvider.System.GetTimestamp();
            await gateway.Process.StartAsync();
            using var first = await gateway.Caller(keys[0]).SendAsync(Call(gateway.Caller(keys[0]), stream: false));
            Assert.Equal(200, (int)first.StatusCode);
            if (TimeProvider.System.GetElapsedTime(began) is var took && took > slowest)
                slowest = took;
        }

        await gateway.NothingHeldAsync();
        await BooksHoldAsync(gateway, complete);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{rounds} kills, {gateway.Provider.Count} calls at the provider, {complete.Count} answers whole: 0 lost, 0 doubled; first call served at most {slowest.TotalSeconds:F1} s after the start");
    }

    private static async Task BooksHoldAsync(RunningGateway gateway, IReadOnlyCollection<string> complete)
    {
        var rows = (await gateway.Admin.TransactionsAsync()).Where(row => row.GetProperty("entry").GetString() == "usage").ToList();
        var charges = rows.ToLookup(row => row.GetProperty("request_id").GetString());
        Assert.NotEmpty(complete);
        Assert.All(complete, id => Assert.Single(charges[id]));
        Assert.All(charges, charge => Assert.Single(charge));
        Assert.All(rows.Where(IsReported), row => Assert.Equal(FakeChat.TotalTokens, row.GetProperty("tokens_used").GetInt64()));
        Assert.Contains(rows, IsReported);
        ProviderAgrees(gateway, rows);
        for (var user = 0; user < Users; user++)
        {
            var spent = (await gateway.Admin.TransactionsAsync()).Where(row => row.GetProperty("user_id").GetString() == $"user-{user}").Sum(row => row.GetProperty("tokens_used").GetInt64());
            Assert.Equal(-spent, await gateway.Admin.TokensOfAsync($"user-{user}"));
        }
        await gateway.BooksBalanceAsync();
    }

    /// <summary>Whatever the provider was asked is in the books, once; what it was not asked is there only where it died on the way up.</summary>
    private static void ProviderAgrees(RunningGateway gateway, List<JsonElement> rows)
    {
        var booked = rows.ToLookup(row => Number(row.GetProperty("metadata").ToString()));
        var asked = gateway.Provider.Requests.Select(request => Number(request.Json.GetProperty("messages")[0].GetProperty("content").GetString() ?? "")).ToHashSet();
        Assert.All(asked, number => Assert.Single(booked[number]));
        Assert.All(rows.Where(row => !asked.Contains(Number(row.GetProperty("metadata").ToString()))), row => Assert.Equal("presumed", row.GetProperty("usage_source").GetString()));
    }

    private static string Number(string text) => string.Concat(text.Where(char.IsAsciiDigit));

    /// <summary>A call with a number that the provider sees in its text and the books in their metadata.</summary>
    private static HttpRequestMessage Call(CallerClient caller, bool stream)
    {
        var number = Interlocked.Increment(ref _lastNumber);
        var request = caller.Request(HttpMethod.Post, CallerClient.ChatPath,
            $$"""{"model":"gpt-4o","stream":{{(stream ? "true" : "false")}},"max_tokens":100,"messages":[{"role":"user","content":"Call {{number}}"}]}""");
        request.Headers.Add("X-AiGateway-Metadata", $$"""{"call":"{{number}}"}""");
        return request;
    }

    // A call that was in flight when the gateway died is presumed; what the provider reported in time is exact.
    private static bool IsReported(JsonElement row) => row.GetProperty("usage_source").GetString() == "reported";

    /// <summary>Calls, whole and streamed in turn, until the gateway is gone; writes down the id of each answer that arrived whole.</summary>
    private static async Task CallUntilDeadAsync(RunningGateway gateway, MadeKey key, int number, ConcurrentBag<string> complete)
    {
        var caller = gateway.Caller(key);
        for (var call = number; ; call++)
        {
            var stream = call % 2 == 0;
            try
            {
                using var answer = await caller.SendAsync(Call(caller, stream));
                var body = Encoding.UTF8.GetString(await answer.BytesAsync());
                if (!answer.IsSuccessStatusCode)
                    Assert.Fail($"Under load a call got {(int)answer.StatusCode}: {body}");
                if (!stream || body.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal))
                    complete.Add(answer.RequestId());
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException)
            {
                return; // Killed under this call: it did not arrive whole.
            }
        }
    }
}
