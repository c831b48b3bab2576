using System.Globalization;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>
/// Callers who leave by the hundred, before the first byte, in the middle of a stream and in the middle of a JSON answer: each is charged what the
/// provider reports, every connection comes to its end, and memory stays where it was.
/// </summary>
[Collection(EndToEndGroup.Name)]
public sealed class LeavingCallersTests
{
    /// <summary>Environment variable with the number of callers; a few batches where it is not set.</summary>
    private const string CallerCount = "AIGATEWAY_LEAVING_CALLERS";
    private const int Callers = 120;
    private const int AtOnce = 60;

    private const string Ask = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";
    private const string AskStream = """{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";

    /// <summary>What a gateway may take more after a thousand callers than after the first batch, in bytes: rows that it keeps at hand, and pools.</summary>
    private const long Growth = 96L << 20;

    [Fact]
    public async Task Callers_who_leave_are_charged_as_reported_and_leave_nothing_behind()
    {
        var asked = int.TryParse(Environment.GetEnvironmentVariable(CallerCount), NumberStyles.None, CultureInfo.InvariantCulture, out var more) ? more : Callers;
        var count = (asked + AtOnce - 1) / AtOnce * AtOnce;
        await using var gateway = await RunningGateway.StartAsync(RunningGateway.WithoutHourlyLimit());
        var anna = gateway.Caller(await gateway.NewUserAsync("anna", 100_000_000));
        var stays = gateway.Caller(await gateway.NewUserAsync("ben", 100_000));
        long before = 0;
        for (var left = 0; left < count; left += AtOnce)
        {
            await LeaveAsync(gateway, anna, stays);
            before = before == 0 ? gateway.Process.WorkingSet : before;
        }
        var grown = gateway.Process.WorkingSet - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} callers left; {before >> 20} MB after the first {AtOnce}, {grown >> 20} MB more at the end");
        var charges = await gateway.Admin.ChargesAsync("anna", count);
        Assert.Equal(count, charges.Count);
        Assert.All(charges, row => Assert.Equal((FakeChat.TotalTokens, "reported"), (row.GetProperty("tokens_used").GetInt64(), row.GetProperty("usage_source").GetString())));
        Assert.Equal(0, gateway.Provider.Running);
        await gateway.NothingHeldAsync();
        await gateway.BooksBalanceAsync();
        Assert.InRange(grown, long.MinValue, Growth);
    }

    [Fact]
    public async Task An_answer_without_end_is_read_on_for_nobody_up_to_a_bound_and_charged_as_seen()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var anna = gateway.Caller(await gateway.NewUserAsync("anna", 50_000_000));
        var (rest, megabyte) = (new Gate(), FakePiece.Of($$$"""data: {"choices":[{"index":0,"delta":{"content":"{{{new string('a', 1 << 20)}}}"}}]}""" + "\n\n"));
        gateway.Provider.Enqueue(FakeAnswer.Events([FakePiece.Of(FakeChat.Stream(withUsage: true)[0]), megabyte with { Before = rest }, .. Enumerable.Repeat(megabyte, 64)]));
        using (var answer = await anna.ChatAsync(AskStream))
        await using (var stream = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken))
            Assert.True(await stream.ReadAsync(new byte[16], TestContext.Current.CancellationToken) > 0);
        await NoticedAsync(gateway.Caller(await gateway.NewUserAsync("ben", 100_000)), gateway);
        rest.Open();
        await Eventually.EndsAsync(gateway.Provider.Requests[0].Ended, "the provider is let go");
        var row = Assert.Single(await gateway.Admin.ChargesAsync("anna", 1));
        Assert.Equal("estimated", row.GetProperty("usage_source").GetString());
        // 16 MB of text at some four bytes a token, and not the 64 MB that were to come.
        Assert.InRange(row.GetProperty("completion_tokens").GetInt64(), 3_000_000, 8_000_000);
        await gateway.NothingHeldAsync();
        await gateway.BooksBalanceAsync();
    }

    /// <summary>A third of them each way; the provider answers on only when all are gone.</summary>
    private static async Task LeaveAsync(RunningGateway gateway, CallerClient anna, CallerClient stays)
    {
        var (rest, sent) = (new Gate(), gateway.Provider.Count);
        var json = FakeChat.Whole;
        var stream = FakeChat.Stream(withUsage: true).Select((each, at) => FakePiece.Of(each, at == 3 ? rest : null)).ToList();
        gateway.Provider.Answer = request => (request.Json.TryGetProperty("stream", out _), request.Header("x-leaves")) switch
        {
            (_, null) => FakeChat.Answer(request),
            (_, "before") => FakeChat.Answer(request) with { BeforeHeaders = rest },
            (true, _) => FakeAnswer.Events(stream),
            (false, _) => FakeAnswer.Of("application/json", 200, FakePiece.Of(json[..100]), FakePiece.Of(json[100..], rest)),
        };
        using var leave = new CancellationTokenSource();
        var calls = Enumerable.Range(0, AtOnce).Select(n => (n % 3) switch
        {
            0 => BeginAsync(anna, n % 2 == 0 ? Ask : AskStream, "before", reads: false, leave.Token),
            1 => BeginAsync(anna, Ask, "inside", reads: false, leave.Token),
            _ => BeginAsync(anna, AskStream, "inside", reads: true, leave.Token),
        }).ToList();
        await Eventually.TrueAsync(() => gateway.Provider.Running == AtOnce, "all calls reached the provider");
        await Task.WhenAll(calls.Where((_, n) => n % 3 == 2));
        await leave.CancelAsync();
        foreach (var call in calls)
            (await call.ContinueWith(ended => ended.IsCompletedSuccessfully ? ended.Result : null, TaskScheduler.Default))?.Dispose();
        await NoticedAsync(stays, gateway);
        rest.Open();
        foreach (var request in gateway.Provider.Requests.Skip(sent))
            Assert.True(await Eventually.EndsAsync(request.Ended, "the provider could send all of it"));
    }

    private static async Task<HttpResponseMessage?> BeginAsync(CallerClient anna, string ask, string leaves, bool reads, CancellationToken leave)
    {
        using var request = anna.Request(HttpMethod.Post, CallerClient.ChatPath, ask);
        request.Headers.Add("x-leaves", leaves);
        var answer = await anna.SendAsync(request, leave);
        if (reads)
            Assert.True(await (await answer.Content.ReadAsStreamAsync(leave)).ReadAsync(new byte[16], leave) > 0);
        return answer;
    }

    /// <summary>A whole other call: by its end the gateway has had every occasion to notice who left.</summary>
    private static async Task NoticedAsync(CallerClient stays, RunningGateway gateway)
    {
        gateway.Provider.Enqueue(FakeAnswer.Json(FakeChat.Whole));
        using var other = await stays.ChatAsync(Ask);
        Assert.Equal(200, (int)other.StatusCode);
        await other.BytesAsync();
    }
}
