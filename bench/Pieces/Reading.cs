using System.Buffers;
using System.Text.Json;
using AiGateway.Usage;
using BenchmarkDotNet.Attributes;

namespace Pieces;

/// <summary>What is read of a call, beside the framework's own pass over the same bytes.</summary>
[MemoryDiagnoser]
public class Reading
{
    private byte[] _request = [], _answer = [];

    [Params(2_000, 50_000, 1_000_000)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Make() => (_request, _answer) = (Samples.Request(Bytes), Samples.Answer(Bytes));

    [Benchmark(Baseline = true, Description = "Utf8JsonReader over the request")]
    public int Bare()
    {
        var reader = new Utf8JsonReader(_request);
        var tokens = 0;
        while (reader.Read())
            tokens++;
        return tokens;
    }

    [Benchmark(Description = "body peek")]
    public object Peek() => RequestReader.Read(UsageFormat.OpenAiChat, _request);

    [Benchmark(Description = "JSON answer's reader")]
    public object Answer()
    {
        var reader = AnswerReader.For(UsageFormat.OpenAiChat, AnswerFraming.Json);
        reader.Read(_answer);
        reader.Complete();
        return reader.Report;
    }
}

/// <summary>A stream's events, as they are read and as they are filtered, beside copying them.</summary>
[MemoryDiagnoser]
public class Streaming
{
    private readonly ArrayBufferWriter<byte> _out = new(64 * 1024);
    private byte[][] _events = [];

    [Params(50, 500, 5_000)]
    public int Chunks { get; set; }

    [GlobalSetup]
    public void Make() => _events = Samples.Events(Chunks);

    [Benchmark(Baseline = true, Description = "copying the events")]
    public int Copy()
    {
        foreach (var piece in _events)
        {
            _out.ResetWrittenCount();
            _out.Write(piece);
        }
        return _out.WrittenCount;
    }

    [Benchmark(Description = "event reader")]
    public object Read()
    {
        var reader = AnswerReader.For(UsageFormat.OpenAiChat, AnswerFraming.EventStream);
        foreach (var piece in _events)
            reader.Read(piece);
        reader.Complete();
        return reader.Report;
    }

    [Benchmark(Description = "usage filter")]
    public int Filter()
    {
        var filter = new StreamUsageFilter();
        foreach (var piece in _events)
        {
            _out.ResetWrittenCount();
            filter.Push(piece, _out);
        }
        filter.Finish(_out);
        return _out.WrittenCount;
    }
}
