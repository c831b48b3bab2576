using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>The caller leaves; the provider is paid all the same. So the answer is read to its end and charged as reported.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class ClientGoneTests
{
    private const string Ask = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";
    private const string AskStream = """{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";

    [Fact]
    public async Task Who_leaves_mid_stream_is_charged_what_the_provider_reports_at_its_end()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var caller = gateway.Caller(await gateway.NewUserAsync("anna", 100_000));
        var rest = new Gate();
        gateway.Provider.Enqueue(FakeAnswer.Events(FakeChat.Stream(withUsage: true).Select((each, at) => FakePiece.Of(each, at == 3 ? rest : null))));

        using (var answer = await caller.ChatAsync(AskStream))
        await using (var stream = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken))
            Assert.True(await stream.ReadAsync(new byte[16], TestContext.Current.CancellationToken) > 0);

        await ChargedAsReportedAsync(gateway, rest);
    }

    [Theory]
    [InlineData(Ask)]
    [InlineData(AskStream)]
    public async Task Who_leaves_before_the_first_byte_is_charged_what_the_provider_reports(string ask)
    {
        await using var gateway = await RunningGateway.StartAsync();
        var caller = gateway.Caller(await gateway.NewUserAsync("anna", 100_000));
        var gate = new Gate();
        gateway.Provider.Answer = request => FakeChat.Answer(request) with { BeforeHeaders = gate };

        using var leave = new CancellationTokenSource();
        var call = caller.ChatAsync(ask, leave.Token);
        await Eventually.TrueAsync(() => gateway.Provider.Running == 1, "the call reached the provider");
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        await ChargedAsReportedAsync(gateway, gate);
    }

    private static async Task ChargedAsReportedAsync(RunningGateway gateway, Gate rest)
    {
        // A whole other call, begun after the caller left: by its end the gateway has had every occasion to notice.
        gateway.Provider.Enqueue(FakeAnswer.Json(FakeChat.Whole));
        using (var other = await gateway.Caller(await gateway.NewUserAsync("someone-else", 100_000)).ChatAsync(Ask))
            Assert.Equal(200, (int)other.StatusCode);
        Assert.Equal(1, gateway.Provider.Running);

        rest.Open();
        Assert.True(await Eventually.EndsAsync(gateway.Provider.Requests[0].Ended, "the provider could send all of it"));
        var row = Assert.Single(await gateway.Admin.ChargesAsync("anna", 1));
        Assert.Equal(FakeChat.TotalTokens, row.GetProperty("tokens_used").GetInt64());
        Assert.Equal("reported", row.GetProperty("usage_source").GetString());
        await gateway.NothingHeldAsync();
        await gateway.BooksBalanceAsync();
    }
}
