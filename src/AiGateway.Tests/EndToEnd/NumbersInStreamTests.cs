using System.Text;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>X-AiGateway-Include: usage puts the call's numbers into the stream, before its end.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class NumbersInStreamTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private readonly string anna = shared.NextUser();

    private const string AskStream = """{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";
    private const string AskStreamAndUsage = """{"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";
    private const string AskResponse = """{"model":"gpt-4o","stream":true,"input":"Hello","max_output_tokens":50}""";

    [Theory]
    [InlineData(AskStream, false)]
    [InlineData(AskStreamAndUsage, true)]
    public async Task The_numbers_stand_right_before_the_end(string ask, bool withUsage)
    {
        var gateway = shared.Fresh();
        var caller = gateway.Caller(await gateway.NewUserAsync(anna, 1_000));
        var events = FakeChat.Stream(withUsage);
        var left = 1_000 - FakeChat.TotalTokens;
        var comment = $": aigateway {{\"tokens_used\":{FakeChat.TotalTokens},\"tokens_remaining\":{left},\"status\":\"ok\"}}\n\n";
        Assert.Equal(string.Concat(events.SkipLast(1)) + comment + events[^1], await StreamAsync(caller, CallerClient.ChatPath, ask));
        // It was charged before it was told.
        Assert.Equal(left, await gateway.Admin.TokensOfAsync(anna));
        Assert.Equal("identity", gateway.Provider.Requests.Single().Header("Accept-Encoding"));
    }

    [Fact]
    public async Task Everything_before_the_end_comes_at_once()
    {
        var gateway = shared.Fresh();
        var caller = gateway.Caller(await gateway.NewUserAsync(anna, 1_000));
        var (events, gate) = (FakeChat.Stream(withUsage: true), new Gate());
        gateway.Provider.Enqueue(FakeAnswer.Events(events.Select((each, at) => FakePiece.Of(each, at == events.Count - 1 ? gate : null))));
        using var answer = await SendAsync(caller, CallerClient.ChatPath, AskStreamAndUsage);
        await using var stream = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var before = new byte[Encoding.UTF8.GetByteCount(string.Concat(events.SkipLast(1)))];
        await stream.ReadExactlyAsync(before, TestContext.Current.CancellationToken);
        gate.Open();
        using var rest = new StreamReader(stream);
        Assert.StartsWith(": aigateway {", await rest.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_stream_without_DONE_gets_them_behind_its_terminal_event()
    {
        var gateway = shared.Fresh();
        var caller = gateway.Caller(await gateway.NewUserAsync(anna, 20_000));
        const string events = "event: response.output_text.delta\r\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"Hi\"}\r\n\r\n"
            + "event: response.completed\r\ndata: {\"type\":\"response.completed\",\"response\":{\"id\":\"resp_1\",\"model\":\"gpt-4o\",\"status\":\"completed\",\"usage\":{\"input_tokens\":8,\"output_tokens\":2,\"total_tokens\":10}}}\r\n\r\n";
        gateway.Provider.Enqueue(FakeAnswer.Events(FakePiece.Of(events)));
        Assert.Equal(
            events + ": aigateway {\"tokens_used\":10,\"tokens_remaining\":19990,\"status\":\"ok\"}\r\n\r\n",
            await StreamAsync(caller, "/v1/responses", AskResponse));
    }

    [Fact]
    public async Task A_stream_that_broke_off_gets_none()
    {
        var gateway = shared.Fresh();
        var caller = gateway.Caller(await gateway.NewUserAsync(anna, 1_000));
        gateway.Provider.Enqueue(FakeAnswer.Events(FakeChat.Stream(withUsage: true).Take(3).Select(each => FakePiece.Of(each))) with { IsCut = true });
        using var answer = await SendAsync(caller, CallerClient.ChatPath, AskStreamAndUsage);
        var seen = new MemoryStream();
        var cut = await Record.ExceptionAsync(() => answer.Content.CopyToAsync(seen, TestContext.Current.CancellationToken));
        Assert.NotNull(cut);
        Assert.DoesNotContain("aigateway", Encoding.UTF8.GetString(seen.ToArray()), StringComparison.Ordinal);
    }

    private static async Task<string> StreamAsync(CallerClient caller, string path, string ask)
    {
        using var answer = await SendAsync(caller, path, ask);
        return Encoding.UTF8.GetString(await answer.BytesAsync());
    }

    private static async Task<HttpResponseMessage> SendAsync(CallerClient caller, string path, string ask)
    {
        using var request = caller.Request(HttpMethod.Post, path, ask);
        request.Headers.Add("X-AiGateway-Include", "usage");
        request.Headers.Add("Accept-Encoding", "gzip");
        return await caller.SendAsync(request);
    }
}
