using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Many calls at once on one balance and one hourly limit: neither is ever exceeded, by one gateway or by three on one database.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class ConcurrentHoldsTests(ConcurrentHoldsTests.ThreeGateways shared) : IClassFixture<ConcurrentHoldsTests.ThreeGateways>
{
    // 1,000 tokens of output and at most 50 of input: ten of these fit into 10,500, eleven never.
    private const string Ask = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello, who are you?"}],"max_tokens":1000}""";

    /// <summary>Three on one database; a test's calls go to as many of them as it says.</summary>
    public sealed class ThreeGateways : SharedGateway
    {
        private protected override Task<RunningGateway> StartAsync() => RunningGateway.StartAsync(processes: 3);
    }

    private readonly string anna = shared.NextUser();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Of_sixty_four_calls_exactly_those_that_the_balance_covers_reach_the_provider(int gateways)
    {
        var gateway = shared.Fresh();
        var key = await gateway.NewUserAsync(anna, 10_500);
        var codes = await RushAsync(gateway, key, gateways, calls: 64);

        Assert.Equal(10, gateway.Provider.Count);
        Assert.Equal(10, codes.Count(code => code == "ok"));
        Assert.Equal(54, codes.Count(code => code is "tokens_held" or "insufficient_tokens"));
        await gateway.NothingHeldAsync();
        Assert.Equal(10_500 - 10 * FakeChat.TotalTokens, await gateway.Admin.TokensOfAsync(anna));
        Assert.Equal(10, (await gateway.Admin.ChargesAsync(anna)).Count);
        await gateway.BooksBalanceAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Of_two_hundred_calls_exactly_the_hours_hundred_reach_the_provider(int gateways)
    {
        var gateway = shared.Fresh();
        var key = await gateway.NewUserAsync(anna, 10_000_000);
        var codes = await RushAsync(gateway, key, gateways, calls: 200);

        Assert.Equal(100, gateway.Provider.Count);
        Assert.Equal(100, codes.Count(code => code == "ok"));
        Assert.Equal(100, codes.Count(code => code == "rate_limit_exceeded"));
        await gateway.NothingHeldAsync();
        Assert.Equal(10_000_000 - 100 * FakeChat.TotalTokens, await gateway.Admin.TokensOfAsync(anna));
        await gateway.BooksBalanceAsync();
    }

    /// <summary>Sends all calls at once, lets the provider answer only when each is decided: refused, or waiting there.</summary>
    /// <returns>"ok", or the refusal's code, of each call.</returns>
    private static async Task<IReadOnlyList<string>> RushAsync(RunningGateway gateway, MadeKey key, int gateways, int calls)
    {
        var gate = new Gate();
        gateway.Provider.Answer = request => FakeChat.Answer(request) with { BeforeHeaders = gate };
        var callers = gateway.Nodes.Take(gateways).Select((_, node) => gateway.Caller(key, node)).ToList();
        var sent = Enumerable.Range(0, calls).Select(call => CodeAsync(callers[call % callers.Count])).ToList();
        try
        {
            await Eventually.TrueAsync(
                () => sent.Count(call => call.IsCompleted) + gateway.Provider.Running == calls, $"all of {calls} calls are decided", TimeSpan.FromMinutes(1));
            Assert.Equal(gateway.Provider.Running, gateway.Provider.Count);
        }
        finally
        {
            gate.Open();
        }
        return await Task.WhenAll(sent);
    }

    private static async Task<string> CodeAsync(CallerClient caller)
    {
        using var answer = await caller.ChatAsync(Ask);
        var body = await answer.JsonAsync();
        return answer.IsSuccessStatusCode ? "ok" : body.GetProperty("error").GetProperty("code").GetString() ?? $"{(int)answer.StatusCode} without a code";
    }
}
