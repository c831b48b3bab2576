using System.Text;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>With an Idempotency-Key a call is made once, charged once, and answered as often as it is repeated.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class IdempotencyTests(SharedGateway shared) : IClassFixture<SharedGateway>, IAsyncLifetime
{
    private const string Ask = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";
    private const string AskStream = """{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";
    private const string Replayed = "Idempotency-Replayed";
    private const int MostKept = 1 << 20;

    private readonly string user = shared.NextUser();
    private MadeKey? made;
    private int before;

    private RunningGateway Gateway => shared.Gateway;

    private CallerClient Caller => Gateway.Caller(made ?? throw new InvalidOperationException("Not started."));

    private int Upstream => Gateway.Provider.Count - before;

    public async ValueTask InitializeAsync()
    {
        made = await Gateway.NewUserAsync(user, 10_000_000);
        before = Gateway.Provider.Count;
    }

    public ValueTask DisposeAsync()
    {
        Gateway.Provider.Answer = FakeChat.Answer;
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Of_twenty_calls_at_once_one_is_made_and_charged_and_a_repeat_gets_its_bytes()
    {
        var gate = new Gate();
        Gateway.Provider.Answer = request => FakeChat.Answer(request) with { BeforeHeaders = gate };
        var calls = Enumerable.Range(0, 20).Select(_ => SendAsync(Caller, "k", Ask)).ToList();
        await Eventually.TrueAsync(() => calls.Count(call => call.IsCompleted) == 19 && Gateway.Provider.Running == 1, "one call is made, the others are answered");
        gate.Open();
        var answers = await Task.WhenAll(calls);

        var first = Assert.Single(answers, answer => answer.IsSuccessStatusCode);
        foreach (var other in answers.Where(answer => !answer.IsSuccessStatusCode))
            await other.RefusedAsync(409, "idempotency_in_progress");
        Assert.Null(first.Header(Replayed));
        using var again = await RepeatAsync(Caller, "k", Ask);
        await SameAsync(first, again);
        Assert.NotEqual(first.RequestId(), again.RequestId());
        Assert.Equal(FakeChat.TotalTokens, again.Number("X-AiGateway-Tokens-Used"));
        await OneCallAsync();
        foreach (var answer in answers)
            answer.Dispose();
    }

    [Fact]
    public async Task A_stream_is_replayed_whole_as_its_caller_saw_it()
    {
        using var first = await SendAsync(Caller, "k", AskStream);
        var seen = await first.BytesAsync();
        Assert.Equal(string.Concat(FakeChat.Stream(withUsage: false)), Encoding.UTF8.GetString(seen));
        using var again = await RepeatAsync(Caller, "k", AskStream);
        Assert.Equal(seen.Length, again.Content.Headers.ContentLength);
        await SameAsync(first, again);
        await OneCallAsync();
    }

    [Fact]
    public async Task The_answer_to_a_caller_who_left_waits_for_him()
    {
        var gate = new Gate();
        Gateway.Provider.Answer = request => FakeChat.Answer(request) with { BeforeHeaders = gate };
        using var leave = new CancellationTokenSource();
        var call = Caller.SendAsync(Request(Caller, "k", AskStream), leave.Token);
        await Eventually.TrueAsync(() => Gateway.Provider.Running == 1, "the call reached the provider");
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        using (var early = await SendAsync(Caller, "k", AskStream))
            await early.RefusedAsync(409, "idempotency_in_progress");
        gate.Open();
        using var again = await RepeatAsync(Caller, "k", AskStream);
        Assert.Equal(string.Concat(FakeChat.Stream(withUsage: false)), Encoding.UTF8.GetString(await again.BytesAsync()));
        await OneCallAsync();
    }

    [Fact]
    public async Task The_key_goes_up_unchanged_and_cookies_are_not_replayed()
    {
        var whole = FakeAnswer.Json(FakeChat.Whole);
        Gateway.Provider.Enqueue(whole with { Headers = [.. whole.Headers, new("Set-Cookie", "a=b"), new("X-Odd", "one"), new("X-Odd", "two")] });
        using (var first = await SendAsync(Caller, "My Key / 1=2", Ask))
            await first.BytesAsync();
        Assert.Equal("My Key / 1=2", Gateway.Provider.Requests[^1].Header("Idempotency-Key"));
        using var again = await RepeatAsync(Caller, "My Key / 1=2", Ask);
        Assert.Null(again.Header("Set-Cookie"));
        Assert.Equal("one,two", again.Header("X-Odd"));
        Assert.Equal("req_fake", again.Header("x-request-id"));
    }

    [Fact]
    public async Task A_key_with_another_body_is_refused()
    {
        using (var first = await SendAsync(Caller, "k", Ask))
            await first.BytesAsync();
        using var other = await SendAsync(Caller, "k", Ask + " ");
        await other.RefusedAsync(422, "idempotency_key_reused");
        await OneCallAsync();
    }

    [Fact]
    public async Task The_same_key_of_another_account_or_on_another_path_is_another_call()
    {
        const string both = """{"model":"gpt-4o","input":"Hello","max_output_tokens":50}""";
        var stranger = Gateway.Caller(await Gateway.NewUserAsync(shared.NextUser(), 1_000_000));
        (CallerClient, string)[] calls = [(Caller, "/v1/responses"), (stranger, "/v1/responses"), (Caller, "/v1/embeddings")];
        foreach (var (caller, path) in calls)
        {
            using var answer = await caller.SendAsync(Request(caller, "k", both, path));
            Assert.Equal(200, (int)answer.StatusCode);
            Assert.Null(answer.Header(Replayed));
        }
        Assert.Equal(3, Upstream);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(401)]
    public async Task A_failure_of_the_provider_frees_the_key_before_it_is_told(int status)
    {
        Gateway.Provider.Enqueue(FakeAnswer.Error(status, "server_error", "some_code", "No."));
        using (var failed = await SendAsync(Caller, "k", Ask))
            Assert.NotEqual(200, (int)failed.StatusCode);
        using var again = await SendAsync(Caller, "k", Ask);
        Assert.Equal(200, (int)again.StatusCode);
        Assert.Null(again.Header(Replayed));
        Assert.Equal(2, Upstream);
    }

    [Fact]
    public async Task An_error_answer_under_a_key_arrives_to_the_byte()
    {
        const string body = """{ "error": {"message":"No.", "type":"server_error","param":null,"code":"odd" } }""";
        Gateway.Provider.Enqueue(FakeAnswer.Json(body, 500));
        using var failed = await SendAsync(Caller, "k", Ask);
        Assert.Equal(500, (int)failed.StatusCode);
        Assert.Equal(body, Encoding.UTF8.GetString(await failed.BytesAsync()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_that_breaks_or_carries_an_error_frees_the_key(bool isCut)
    {
        var begun = FakeChat.Stream(withUsage: true).Take(3).ToList();
        if (!isCut)
            begun.Add("data: {\"error\":{\"message\":\"Sorry.\",\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n");
        Gateway.Provider.Enqueue(FakeAnswer.Events(begun.Select(each => FakePiece.Of(each))) with { IsCut = isCut });
        using (var broken = await SendAsync(Caller, "k", AskStream))
            Assert.Equal(isCut, await Record.ExceptionAsync(() => broken.BytesAsync()) is not null);
        using var again = await EndedAsync(Caller, "k", AskStream);
        Assert.Null(again.Header(Replayed));
        Assert.Equal(string.Concat(FakeChat.Stream(withUsage: false)), Encoding.UTF8.GetString(await again.BytesAsync()));
        Assert.Equal(2, Upstream);
    }

    [Fact]
    public async Task A_refusal_frees_the_key()
    {
        var poor = shared.NextUser();
        var caller = Gateway.Caller(await Gateway.NewUserAsync(poor, 10));
        using (var refused = await SendAsync(caller, "k", Ask))
            await refused.RefusedAsync(402, "insufficient_tokens");
        await Gateway.Admin.GrantAsync(poor, 100_000, $"test:more:{poor}");
        using var again = await SendAsync(caller, "k", Ask);
        Assert.Equal(200, (int)again.StatusCode);
    }

    [Theory]
    [InlineData(Ask)]
    [InlineData(AskStream)]
    public async Task An_answer_of_more_than_a_megabyte_is_charged_and_not_kept(string ask)
    {
        var content = new string('x', MostKept);
        Gateway.Provider.Enqueue(ask == Ask
            ? FakeAnswer.Json(FakeChat.Whole.Replace("Hello there", content, StringComparison.Ordinal))
            : FakeAnswer.Events(FakeChat.Stream(withUsage: true).Select(each => FakePiece.Of(each.Replace("Hello", content, StringComparison.Ordinal)))));
        using (var first = await SendAsync(Caller, "k", ask))
            Assert.True((await first.BytesAsync()).Length > MostKept);
        using var again = await EndedAsync(Caller, "k", ask);
        await again.RefusedAsync(422, "idempotency_answer_not_kept");
        await OneCallAsync();
    }

    [Theory]
    [InlineData(0, 400)]
    [InlineData(1, 200)]
    [InlineData(255, 200)]
    [InlineData(256, 400)]
    public async Task A_key_has_from_1_to_255_characters(int length, int status)
    {
        using var answer = await SendAsync(Caller, new string('k', length), Ask);
        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 400)
            await answer.RefusedAsync(400, "invalid_idempotency_key");
        Assert.Equal(status == 200 ? 1 : 0, Upstream);
    }

    [Fact]
    public async Task A_multipart_call_is_made_whatever_its_key()
    {
        Gateway.Provider.Answer = _ => FakeAnswer.Json("""{"text":"Hello"}""");
        for (var call = 0; call < 2; call++)
        {
            using var request = Request(Caller, "k", null, "/v1/audio/transcriptions");
            request.Content = new MultipartFormDataContent { { new StringContent("whisper-1"), "model" }, { new ByteArrayContent([1, 2, 3]), "file", "a.wav" } };
            using var answer = await Caller.SendAsync(request);
            Assert.Equal(200, (int)answer.StatusCode);
        }
        Assert.Equal(2, Upstream);
        Assert.Equal("k", Gateway.Provider.Requests[^1].Header("Idempotency-Key"));
    }

    [Fact]
    public async Task A_replay_uses_no_slot_of_the_hour()
    {
        await using var gateway = await RunningGateway.StartAsync(RunningGateway.HourlyLimit(2));
        var caller = gateway.Caller(await gateway.NewUserAsync("anna", 100_000));
        using (var first = await SendAsync(caller, "one", Ask))
            await first.BytesAsync();
        for (var repeat = 0; repeat < 5; repeat++)
            using (var again = await RepeatAsync(caller, "one", Ask))
                Assert.Equal(200, (int)again.StatusCode);
        using (var second = await SendAsync(caller, "two", Ask))
            Assert.Equal(200, (int)second.StatusCode);
        using (var third = await SendAsync(caller, "three", Ask))
            await third.RefusedAsync(429, "rate_limit_exceeded");
        // The hour is full, and what is kept is given all the same.
        using var last = await RepeatAsync(caller, "one", Ask);
        Assert.Equal(2, gateway.Provider.Count);
    }

    [Fact]
    public async Task Two_gateways_on_one_database_make_one_call()
    {
        await using var gateway = await RunningGateway.StartAsync(RunningGateway.WithoutHourlyLimit(), processes: 2);
        var key = await gateway.NewUserAsync("anna", 100_000);
        var gate = new Gate();
        gateway.Provider.Answer = request => FakeChat.Answer(request) with { BeforeHeaders = gate };
        var calls = Enumerable.Range(0, 20).Select(call => SendAsync(gateway.Caller(key, call % 2), "k", AskStream)).ToList();
        await Eventually.TrueAsync(() => calls.Count(call => call.IsCompleted) == 19 && gateway.Provider.Running == 1, "one call is made, the others are answered");
        gate.Open();
        var first = Assert.Single(await Task.WhenAll(calls), answer => answer.IsSuccessStatusCode);
        for (var node = 0; node < 2; node++)
            using (var again = await RepeatAsync(gateway.Caller(key, node), "k", AskStream))
                await SameAsync(first, again);
        Assert.Equal(1, gateway.Provider.Count);
        Assert.Single(await gateway.Admin.ChargesAsync("anna", 1));
        await gateway.BooksBalanceAsync();
    }

    [Fact]
    public async Task A_gateway_that_dies_under_the_call_frees_its_key_in_time()
    {
        await using var gateway = await RunningGateway.StartAsync(new Dictionary<string, string> { ["Ledger__HoldExpiry"] = "00:00:03" });
        var caller = gateway.Caller(await gateway.NewUserAsync("anna", 100_000));
        gateway.Provider.Enqueue(FakeAnswer.Json(FakeChat.Whole) with { BeforeHeaders = new Gate() });
        var call = SendAsync(caller, "k", Ask);
        await Eventually.TrueAsync(() => gateway.Provider.Running == 1, "the call reached the provider");
        await gateway.Process.KillAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => call);
        await gateway.Process.StartAsync();
        using var again = await EndedAsync(caller, "k", Ask);
        Assert.Equal(200, (int)again.StatusCode);
        Assert.Null(again.Header(Replayed));
        Assert.Equal(2, gateway.Provider.Count);
    }

    private async Task OneCallAsync()
    {
        Assert.Equal(1, Upstream);
        var row = Assert.Single(await Gateway.Admin.ChargesAsync(user, 1));
        Assert.Equal(FakeChat.TotalTokens, row.GetProperty("tokens_used").GetInt64());
        Assert.Equal(10_000_000 - FakeChat.TotalTokens, await Gateway.Admin.TokensOfAsync(user));
    }

    /// <summary>Status, bytes and headers, but for those that belong to the one call or the one connection.</summary>
    private static async Task SameAsync(HttpResponseMessage first, HttpResponseMessage again)
    {
        Assert.Equal("true", again.Header(Replayed));
        Assert.Equal(first.StatusCode, again.StatusCode);
        Assert.Equal(await first.BytesAsync(), await again.BytesAsync());
        Assert.Equal(Kept(first), Kept(again));
    }

    private static IEnumerable<string> Kept(HttpResponseMessage answer) => answer.Headers.Concat(answer.Content.Headers)
        .Where(header => header.Key is not (Replayed or "X-AiGateway-Request-Id" or "Transfer-Encoding" or "Content-Length"))
        .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}").Order(StringComparer.Ordinal);

    private static HttpRequestMessage Request(CallerClient caller, string key, string? body, string path = CallerClient.ChatPath)
    {
        var request = caller.Request(HttpMethod.Post, path, body);
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return request;
    }

    private static async Task<HttpResponseMessage> SendAsync(CallerClient caller, string key, string body) => await caller.SendAsync(Request(caller, key, body));

    /// <summary>Repeats until the call before it has ended: an answer is kept at about the moment that its last byte arrives.</summary>
    private static async Task<HttpResponseMessage> EndedAsync(CallerClient caller, string key, string body)
    {
        HttpResponseMessage? answer = null;
        await Eventually.TrueAsync(async () =>
        {
            answer?.Dispose();
            answer = await SendAsync(caller, key, body);
            return (int)answer.StatusCode != 409;
        }, "the call before has ended");
        return answer ?? throw new InvalidOperationException("Nothing was sent.");
    }

    private static async Task<HttpResponseMessage> RepeatAsync(CallerClient caller, string key, string body)
    {
        var answer = await EndedAsync(caller, key, body);
        Assert.Equal("true", answer.Header(Replayed));
        return answer;
    }
}
