using System.Net.Sockets;
using System.Text;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>What callers get wrong. Whatever it is: a clear refusal, nothing at the provider, nothing held, and the next call works.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class BadInputTests(SharedGateway shared) : IClassFixture<SharedGateway>, IAsyncLifetime
{
    private const string Ask = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";
    private const long MostBytes = 64L << 20;

    private readonly string user = shared.NextUser();
    private MadeKey? made;
    private int before;

    private RunningGateway Gateway => shared.Gateway;

    private MadeKey Key => made ?? throw new InvalidOperationException("Not started.");

    private CallerClient Caller => Gateway.Caller(Key);

    public async ValueTask InitializeAsync()
    {
        made = await Gateway.NewUserAsync(user, 100_000);
        before = Gateway.Provider.Count;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"model":"gpt-4o",}""")]
    [InlineData("""{"model":"gpt-4o"} trailing""")]
    public async Task Invalid_json_is_refused(string body)
    {
        using var answer = await Caller.ChatAsync(body);
        await answer.RefusedAsync(400, "invalid_json");
        await NothingHappenedAsync();
    }

    [Fact]
    public async Task An_unknown_route_is_refused()
    {
        using var answer = await Caller.SendAsync(Caller.Request(HttpMethod.Post, "/v2/chat/completion", Ask));
        var error = await answer.RefusedAsync(404, "route_not_found");
        Assert.True(error.TryGetProperty("gateway", out _), "It names no nearest route.");
        await NothingHappenedAsync();
    }

    [Theory]
    [InlineData("agw_usr_0000000000_wrongwrongwrongwrongwrongwrong")]
    [InlineData("agw_usr_")]
    [InlineData("sk-proj-someone-elses")]
    [InlineData("")]
    public async Task An_unknown_key_is_refused_and_not_echoed(string key)
    {
        using var answer = await Gateway.Caller(new("", key)).ChatAsync(Ask);
        var error = await answer.RefusedAsync(401, "invalid_api_key");
        if (key.Length > 12)
            Assert.DoesNotContain(key, error.ToString(), StringComparison.Ordinal);
        await NothingHappenedAsync();
    }

    [Theory]
    [InlineData("X-AiGateway-Action", "Not An Action", "invalid_action")]
    [InlineData("X-AiGateway-Action", "a1234567890123456789012345678901234567890123456789012345678901234", "invalid_action")]
    [InlineData("X-AiGateway-Metadata", "not json", "invalid_metadata")]
    [InlineData("X-AiGateway-Metadata", "[1]", "invalid_metadata")]
    [InlineData("X-AiGateway-Metadata", """{"a":{"deep":1}}""", "invalid_metadata")]
    public async Task A_bad_header_of_ours_is_refused(string name, string value, string code)
    {
        using var request = Caller.Request(HttpMethod.Post, CallerClient.ChatPath, Ask);
        request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await Caller.SendAsync(request);
        await answer.RefusedAsync(400, code);
        await NothingHappenedAsync();
    }

    [Fact]
    public async Task Metadata_of_more_than_sixteen_keys_or_two_kilobytes_is_refused()
    {
        string[] tooMuch = ["{" + string.Join(',', Enumerable.Range(0, 17).Select(at => $"\"k{at}\":1")) + "}", $$"""{"k":"{{new string('x', 2048)}}"}"""];
        foreach (var metadata in tooMuch)
        {
            using var request = Caller.Request(HttpMethod.Post, CallerClient.ChatPath, Ask);
            request.Headers.TryAddWithoutValidation("X-AiGateway-Metadata", metadata);
            using var answer = await Caller.SendAsync(request);
            await answer.RefusedAsync(400, "invalid_metadata");
        }
        await NothingHappenedAsync();
    }

    [Fact]
    public async Task A_body_over_64_MiB_whose_length_is_said_is_refused_before_it_is_sent()
    {
        using var request = Caller.Request(HttpMethod.Post, CallerClient.ChatPath);
        request.Content = new Spaces(MostBytes + 1, saysLength: true);
        request.Headers.ExpectContinue = true;
        using var answer = await Caller.SendAsync(request);
        await answer.RefusedAsync(413, "request_too_large");
        await NothingHappenedAsync();
    }

    [Fact]
    public async Task A_body_over_64_MiB_whose_length_is_not_said_is_refused_too()
    {
        using var request = Caller.Request(HttpMethod.Post, CallerClient.ChatPath);
        request.Content = new Spaces(MostBytes + 1, saysLength: false);
        using var answer = await Caller.SendAsync(request);
        await answer.RefusedAsync(413, "request_too_large");
        await NothingHappenedAsync();
    }

    [Fact]
    public async Task Half_a_request_reaches_nobody()
    {
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(Gateway.Process.BaseAddress.Host, Gateway.Process.BaseAddress.Port, TestContext.Current.CancellationToken);
            var half = $"POST {CallerClient.ChatPath} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {Key.Secret}\r\nContent-Type: application/json\r\nContent-Length: {Ask.Length}\r\n\r\n{Ask[..40]}";
            await using var stream = socket.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(half), TestContext.Current.CancellationToken);
            socket.Client.Shutdown(SocketShutdown.Send);
            // Whatever is answered, if anything: the end of the connection shows that the gateway is done with it.
            var rest = new MemoryStream();
            try
            {
                await stream.CopyToAsync(rest, TestContext.Current.CancellationToken).WaitAsync(Eventually.Bound, TestContext.Current.CancellationToken);
            }
            catch (IOException error) when (error.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
            {
                // A reset is an end too: what counts is that nothing was served.
            }
            Assert.DoesNotContain(" 200 ", Encoding.ASCII.GetString(rest.ToArray()).Split('\n')[0], StringComparison.Ordinal);
        }
        await NothingHappenedAsync();
    }

    private async Task NothingHappenedAsync()
    {
        Assert.Equal(before, Gateway.Provider.Count);
        Assert.Empty(await Gateway.Admin.HoldsAsync());
        Assert.Equal(100_000, await Gateway.Admin.TokensOfAsync(user));
        using var next = await Caller.ChatAsync(Ask);
        Assert.Equal(200, (int)next.StatusCode);
    }

    /// <summary>A JSON object with that many bytes, nearly all of them white space.</summary>
    private sealed class Spaces : HttpContent
    {
        private const int Block = 1 << 20;
        private readonly long length;
        private readonly bool saysLength;

        public Spaces(long length, bool saysLength)
        {
            (this.length, this.saysLength) = (length, saysLength);
            Headers.ContentType = new("application/json");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            var block = Enumerable.Repeat((byte)' ', Block).ToArray();
            await stream.WriteAsync("{"u8.ToArray());
            for (var left = length - 2; left > 0; left -= Block)
                await stream.WriteAsync(block.AsMemory(0, (int)Math.Min(left, Block)));
            await stream.WriteAsync("}"u8.ToArray());
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return saysLength;
        }
    }
}
