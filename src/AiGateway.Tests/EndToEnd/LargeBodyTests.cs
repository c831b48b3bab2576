using System.Security.Cryptography;
using System.Text;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.EndToEnd;

/// <summary>Bodies of many megabytes pass whole, and do not stay in the gateway's memory on their way.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class LargeBodyTests
{
    private const int Megabyte = 1 << 20;

    /// <summary>What a body may take of the gateway's memory, in bytes: buffers, and what the collector leaves lying about. The smallest of these bodies is as large.</summary>
    private const long Growth = 24L * Megabyte;

    private static readonly byte[] Pattern = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 16_384).Select(n => "QUJD")));

    [Theory]
    [InlineData(63)]
    public async Task A_request_of_json_goes_up_whole(int megabytes)
    {
        var head = Encoding.UTF8.GetBytes("""{"model":"gpt-4o","messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,""");
        var tail = Encoding.UTF8.GetBytes("\"}}]}],\"max_tokens\":50}");
        await SendAsync(megabytes, "/v1/chat/completions", head, tail, "application/json", FakeAnswer.Json(FakeChat.Whole).Body);
    }

    [Theory]
    [InlineData(25)]
    public async Task A_form_goes_up_whole(int megabytes)
    {
        var head = Encoding.UTF8.GetBytes("--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\n");
        await SendAsync(megabytes, "/v1/audio/transcriptions", head, Encoding.UTF8.GetBytes("\r\n--b--\r\n"), "multipart/form-data; boundary=b",
            Encoding.UTF8.GetBytes("""{"text":"Hello","usage":{"type":"duration","seconds":600}}"""));
    }

    [Fact]
    public async Task An_answer_of_64_MB_of_json_comes_down_whole_and_its_usage_is_found()
    {
        await using var gateway = await RunningGateway.StartAsync(RunningGateway.WithoutHourlyLimit());
        var caller = gateway.Caller(await gateway.NewUserAsync("anna", 1_000_000));
        var (head, tail) = ("{\"created\":1,\"data\":[{\"b64_json\":\""u8.ToArray(),
            "\"}],\"usage\":{\"total_tokens\":30,\"input_tokens\":10,\"output_tokens\":20,\"input_tokens_details\":{\"text_tokens\":10,\"image_tokens\":0}}}"u8.ToArray());
        using var sent = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        gateway.Provider.Handler = async http =>
        {
            http.Response.ContentType = "application/json";
            foreach (var piece in Pieces(64, head, tail))
            {
                sent.AppendData(piece);
                await http.Response.Body.WriteAsync(piece, http.RequestAborted);
            }
        };
        using var request = caller.Request(HttpMethod.Post, "/v1/images/generations", """{"model":"gpt-image-1","prompt":"a cat"}""");
        await GrowsLittleAsync(gateway, async () =>
        {
            using var got = await caller.SendAsync(request);
            await using var body = await got.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            Assert.Equal(await SHA256.HashDataAsync(body, TestContext.Current.CancellationToken), sent.GetHashAndReset());
        });
        var row = Assert.Single(await gateway.Admin.ChargesAsync("anna", 1));
        Assert.Equal((10, 20, "reported"), (row.GetProperty("prompt_tokens").GetInt64(), row.GetProperty("completion_tokens").GetInt64(), row.GetProperty("usage_source").GetString()));
    }

    private static async Task SendAsync(int megabytes, string path, byte[] head, byte[] tail, string type, byte[] answer)
    {
        await using var gateway = await RunningGateway.StartAsync(RunningGateway.WithoutHourlyLimit());
        var caller = gateway.Caller(await gateway.NewUserAsync("anna", 1_000_000));
        byte[] got = [];
        long length = 0;
        gateway.Provider.Handler = async http =>
        {
            length = http.Request.ContentLength ?? 0;
            got = await SHA256.HashDataAsync(http.Request.Body, http.RequestAborted);
            http.Response.ContentType = "application/json";
            await http.Response.Body.WriteAsync(answer, http.RequestAborted);
        };
        using var request = caller.Request(HttpMethod.Post, path);
        request.Content = new StreamContent(new PieceStream(Pieces(megabytes, head, tail)), 64 * 1024);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        request.Content.Headers.ContentLength = Pieces(megabytes, head, tail).Sum(piece => (long)piece.Length);
        await GrowsLittleAsync(gateway, async () =>
        {
            using var answered = await caller.SendAsync(request);
            Assert.True(answered.IsSuccessStatusCode, await answered.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            await answered.BytesAsync();
        });
        Assert.Equal(request.Content.Headers.ContentLength, length);
        Assert.Equal(await SHA256.HashDataAsync(new PieceStream(Pieces(megabytes, head, tail)), TestContext.Current.CancellationToken), got);
        Assert.Single(await gateway.Admin.ChargesAsync("anna", 1));
        await gateway.NothingHeldAsync();
    }

    /// <summary>The most that it had while the call ran, against what it had before.</summary>
    private static async Task GrowsLittleAsync(RunningGateway gateway, Func<Task> call)
    {
        var before = gateway.Process.WorkingSet;
        var most = before;
        var running = call();
        while (!running.IsCompleted)
        {
            most = Math.Max(most, gateway.Process.WorkingSet);
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }
        await running;
        TestContext.Current.TestOutputHelper?.WriteLine($"{before >> 20} MB before, {(most - before) >> 20} MB more at most");
        Assert.InRange(most - before, long.MinValue, Growth);
    }

    private static IEnumerable<byte[]> Pieces(int megabytes, byte[] head, byte[] tail) =>
        [head, .. Enumerable.Repeat(Pattern, megabytes * (Megabyte / Pattern.Length)), tail];

    /// <summary>Reads as all pieces together, of which nobody makes one array.</summary>
    private sealed class PieceStream(IEnumerable<byte[]> pieces) : Stream
    {
        private readonly IEnumerator<byte[]> _pieces = pieces.GetEnumerator();
        private ReadOnlyMemory<byte> _rest;

        public override int Read(Span<byte> buffer)
        {
            while (_rest.IsEmpty)
            {
                if (!_pieces.MoveNext())
                    return 0;
                _rest = _pieces.Current;
            }
            var count = Math.Min(buffer.Length, _rest.Length);
            _rest.Span[..count].CopyTo(buffer);
            _rest = _rest[count..];
            return count;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));
        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
