using System.IO.Pipelines;
using AiGateway.Telemetry;
using AiGateway.Usage;

namespace AiGateway.Pipeline.Metering;

/// <summary>
/// Feeds the answer's bytes, decoded where they are compressed, to a reader that may fail:
/// a broken one is dropped and counted, and the stream goes on.
/// </summary>
internal sealed class UsageWatch
{
    private readonly AnswerFraming _framing;
    private readonly AnswerReader _reader;
    private readonly ILogger _log;
    private readonly Pipe? _encoded;
    private readonly Task _decoding = Task.CompletedTask;
    private bool _broken;
    private bool _undecoded;

    public UsageWatch(UsageFormat format, AnswerFraming framing, string? contentEncoding, ILogger log)
    {
        _framing = framing;
        _log = log;
        _reader = AnswerReader.For(format, framing);
        if (ContentCoding.IsPlain(contentEncoding) || contentEncoding is null)
            return;
        if (ContentCoding.DecoderOf(contentEncoding) is not { } decoder)
        {
            Drop($"unknown content encoding {contentEncoding}", null);
            return;
        }
        // No pause threshold: the watcher must never hold the stream back.
        _encoded = new Pipe(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
        _decoding = DecodeAsync(decoder(_encoded.Reader.AsStream()));
    }

    public long OutputTextBytes => _broken ? 0 : _reader.Report.OutputTextBytes;

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        if (_broken)
            return;
        if (_encoded is null)
        {
            Guard(bytes);
            return;
        }
        // Decoded to its end, or given up on: more bytes would only pile up.
        if (_decoding.IsCompleted)
            return;
        bytes.CopyTo(_encoded.Writer.GetSpan(bytes.Length));
        _encoded.Writer.Advance(bytes.Length);
        _ = _encoded.Writer.FlushAsync();
    }

    /// <summary>The answer has ended, or was cut.</summary>
    public async Task<AnswerOutcome> CompleteAsync()
    {
        if (_encoded is not null)
        {
            await _encoded.Writer.CompleteAsync();
            await _decoding;
        }
        var report = new UsageReport();
        if (!_broken)
        {
            try
            {
                _reader.Complete();
                report = _reader.Report;
            }
            catch (Exception error)
            {
                Drop("at its end", error);
            }
        }
        return new AnswerOutcome(report, !_broken && (!_undecoded || report.IsComplete), _framing);
    }

    private void Guard(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _reader.Read(bytes);
        }
        catch (Exception error)
        {
            Drop("on the answer's bytes", error);
        }
    }

    private async Task DecodeAsync(Stream decoded)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            await using (decoded)
            {
                int read;
                while ((read = await decoded.ReadAsync(buffer)) > 0 && !_broken)
                    Guard(buffer.AsSpan(0, read));
            }
        }
        catch (Exception error)
        {
            // A cut answer ends in the middle of a block: usage that was decoded until then stands, everything else is a guess.
            Log.AnswerNotDecoded(_log, error);
            _undecoded = true;
        }
    }

    private void Drop(string where, Exception? error)
    {
        _broken = true;
        Log.ReaderDropped(_log, where, error);
        Instruments.ReadersDropped.Add(1);
    }
}
