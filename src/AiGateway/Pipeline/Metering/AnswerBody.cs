using System.Buffers;
using System.IO.Pipelines;
using AiGateway.Telemetry;
using AiGateway.Usage;
using Microsoft.AspNetCore.Http.Features;

namespace AiGateway.Pipeline.Metering;

/// <summary>
/// Where the provider's answer passes by on its way to the caller: each read goes on at once and is looked at afterwards.
/// A small JSON answer alone is kept until its charge is durable, and an error under an Idempotency-Key until the key is free again.
/// </summary>
internal sealed class AnswerBody : Stream, IHttpResponseBodyFeature, IHeldAnswer
{
    /// <summary>JSON answers above it flow as they come.</summary>
    public const int HeldLimit = 4 * 1024 * 1024;

    /// <summary>An answer read on for a caller who left is read so far.</summary>
    public const long DrainLimit = 16 * 1024 * 1024;

    private readonly HttpContext _context;
    private readonly MeteredCall _call;
    private readonly IHttpResponseBodyFeature _caller;
    private readonly CallLifetime _lifetime;
    private readonly Action<UsageWatch> _checkpoint;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private UsageWatch? _watch;
    private StreamUsageFilter? _filter;
    private ArrayBufferWriter<byte>? _filtered;
    private StreamTail? _tail;
    private ArrayBufferWriter<byte>? _tailed;
    private MemoryStream? _held;
    private PipeWriter? _writer;
    private long _drained;
    private bool _begun;

    public AnswerBody(HttpContext context, MeteredCall call, IHttpResponseBodyFeature caller, CallLifetime lifetime, Action<UsageWatch> checkpoint, TimeProvider time, ILogger log)
    {
        (_context, _call, _caller, _lifetime, _checkpoint, _time, _log) = (context, call, caller, lifetime, checkpoint, time, log);
    }

    Stream IHttpResponseBodyFeature.Stream => this;
    PipeWriter IHttpResponseBodyFeature.Writer => _writer ??= PipeWriter.Create(this, new StreamPipeWriterOptions(leaveOpen: true));
    public void DisableBuffering() => _caller.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        // Where another deployment can still answer, this one's headers wait for its first byte.
        if (_call is { MayMoveOn: true, HasAnswerBegun: false })
            return Task.CompletedTask;
        Begin();
        return _held is null && !_lifetime.CallerIsGone ? _caller.StartAsync(cancellationToken) : Task.CompletedTask;
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(this, path, offset, count, cancellationToken);

    public async Task CompleteAsync()
    {
        if (_writer is not null)
            await _writer.CompleteAsync();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_call.HasAnswerBegun)
            (_call.HasAnswerBegun, _call.FirstByteAt) = (true, _time.GetTimestamp());
        Begin();
        if (_held is not null && _held.Length + buffer.Length <= HeldLimit)
            _held.Write(buffer.Span);
        else
            await PassAsync(buffer);
        if (_watch is { } watch)
        {
            watch.Feed(buffer.Span);
            _checkpoint(watch);
        }
        CountDrained(buffer.Length);
    }

    /// <summary>The provider's answer has ended, or was cut: what its bytes say.</summary>
    public async Task<AnswerOutcome> EndAsync(bool cut)
    {
        Begin();
        if (cut)
            (_held, _tail) = (null, null);
        if (_held is { } held)
            _call.Idempotency?.Collect(held.GetBuffer().AsSpan(0, (int)held.Length));
        if (_call.Idempotency is { } key)
            key.IsWhole = !cut;
        _call.HeldAnswer = _held is null && _tail is null ? null : this;
        // First what it costs: sending the rest may fail, and the call would be free.
        return _watch is null ? new AnswerOutcome(new UsageReport(), false, AnswerFraming.Other) : await _watch.CompleteAsync();
    }

    /// <summary>Sends what the filter held back of an unfinished event.</summary>
    public async Task SendRestAsync()
    {
        if (_filter is null || _filtered is null)
            return;
        _filter.Finish(_filtered);
        await SendFilteredAsync();
    }

    public async Task ReleaseAsync()
    {
        if (_tail is { } tail && _tailed is { } tailed)
        {
            _tail = null;
            tail.Finish(_call.LastWord, tailed);
            await SendWrittenAsync(tailed);
        }
        if (_held is not { } held || _lifetime.CallerIsGone)
            return;
        _held = null;
        if (held.Length > 0)
            await SendAsync(held.GetBuffer().AsMemory(0, (int)held.Length));
    }

    /// <summary>Decides, once the provider's headers are there, how this answer is treated.</summary>
    private void Begin()
    {
        if (_begun)
            return;
        _begun = true;
        var response = _context.Response;
        var framing = Framing(response.ContentType);
        // What is stored was charged when it was made; what it says matters where it tells of work that is still to be charged.
        var format = _call.Route.Format is UsageFormat.Stored ? UsageFormat.OpenAiResponses : _call.Route.Format;
        _watch = new UsageWatch(format, framing, response.Headers.ContentEncoding.ToString(), _log);
        var isGood = response.StatusCode is >= 200 and < 300;
        var isHeld = isGood ? response.StatusCode is not (204 or 205) && framing == AnswerFraming.Json : _call.Idempotency is not null;
        if (isHeld && _call.Hold is not null && (response.ContentLength ?? 0) <= HeldLimit)
            _held = new MemoryStream((int)(response.ContentLength ?? 4096));
        if (_held is null || !isGood)
            AnswerHeaders.AtStart(response.Headers, _call, withHold: isGood);
        if (isGood && _call.Hold is not null && framing == AnswerFraming.EventStream && ContentCoding.IsPlain(response.Headers.ContentEncoding))
            BeginStream(response);
    }

    /// <summary>Only bytes that can be read can be changed; what is changed differs from the length that the provider announced. Thousands of streams are open at once: each buffer grows to its own stream's events.</summary>
    private void BeginStream(HttpResponse response)
    {
        if (_call.UsageSpliced)
            (_filter, _filtered) = (new StreamUsageFilter(), new ArrayBufferWriter<byte>());
        if (_call.Headers.IncludeUsage)
            (_tail, _tailed) = (new StreamTail(), new ArrayBufferWriter<byte>());
        if (_filter is not null || _tail is not null)
            response.ContentLength = null;
    }

    private async ValueTask PassAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_held is { } held)
        {
            // Too large to keep after all: from here on it flows.
            _held = null;
            AnswerHeaders.AtStart(_context.Response.Headers, _call, withHold: _context.Response.StatusCode < 300);
            await PassOnAsync(held.GetBuffer().AsMemory(0, (int)held.Length));
        }
        if (_filter is null || _filtered is null)
        {
            await PassOnAsync(bytes);
            return;
        }
        _filter.Push(bytes.Span, _filtered);
        await SendFilteredAsync();
    }

    private async ValueTask SendFilteredAsync()
    {
        if (_filtered is not { WrittenCount: > 0 } filtered)
        {
            await SendHeadersAsync();
            return;
        }
        await PassOnAsync(filtered.WrittenMemory);
        filtered.ResetWrittenCount();
    }

    /// <summary>To the caller first; then a copy for whoever repeats the call, also of what is read on for a caller who left.</summary>
    private async ValueTask PassOnAsync(ReadOnlyMemory<byte> bytes)
    {
        await SendEventsAsync(bytes);
        _call.Idempotency?.Collect(bytes.Span);
    }

    private async ValueTask SendEventsAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_tail is null || _tailed is null)
        {
            await SendAsync(bytes);
            return;
        }
        _tail.Push(bytes.Span, _tailed);
        await SendWrittenAsync(_tailed);
    }

    private async ValueTask SendWrittenAsync(ArrayBufferWriter<byte> written)
    {
        if (written.WrittenCount == 0)
        {
            await SendHeadersAsync();
            return;
        }
        await SendAsync(written.WrittenMemory);
        written.ResetWrittenCount();
    }

    /// <summary>While the first event is kept back its headers are not: an answer that breaks off in it has begun all the same.</summary>
    private async ValueTask SendHeadersAsync()
    {
        if (!_context.Response.HasStarted && !_lifetime.CallerIsGone)
            await _caller.StartAsync(_lifetime.CallerAborted);
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_lifetime.CallerIsGone)
            return;
        try
        {
            await _caller.Stream.WriteAsync(bytes, _lifetime.CallerAborted);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException && _lifetime.CallerIsGone)
        {
            Log.CallerLeft(_log, _call.RequestId);
        }
    }

    private void CountDrained(int count)
    {
        if (!_lifetime.CallerIsGone)
            return;
        _drained += count;
        if (_drained <= DrainLimit)
            return;
        _lifetime.CancelUpstream();
        throw new OperationCanceledException("The caller left and the answer is longer than is read on for nobody.");
    }

    private static AnswerFraming Framing(string? contentType)
    {
        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        return type.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase) ? AnswerFraming.EventStream
            : type.Equals("application/json", StringComparison.OrdinalIgnoreCase) ? AnswerFraming.Json
            : AnswerFraming.Other;
    }

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override Task FlushAsync(CancellationToken cancellationToken) => StartAsync(cancellationToken);
    public override void Flush() => throw new NotSupportedException("Write this stream asynchronously.");
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write this stream asynchronously.");
}
