using System.Text.Json;

namespace AiGateway.Usage;

/// <summary>Reads an answer that is a stream of server-sent events, each a JSON document or [DONE].</summary>
internal sealed class EventAnswerReader : AnswerReader
{
    private readonly AnswerGrammar _grammar;
    private readonly EventStream _events;
    private JsonBody? _long;

    public EventAnswerReader(UsageFormat format)
    {
        _grammar = new AnswerGrammar(format);
        _events = new EventStream(OnEvent, OnPart);
    }

    public override UsageReport Report => _grammar.Report();

    public override void Read(ReadOnlySpan<byte> bytes) => _events.Push(bytes);

    public override void Complete() => _events.Complete();

    private void OnPart(ReadOnlySpan<byte> part)
    {
        if (_long is null)
        {
            _grammar.Begin();
            _long = new JsonBody(_grammar);
        }

        _long.Push(part);
    }

    private void OnEvent(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        var isError = name.SequenceEqual("error"u8);
        if (_long is { } body && data.IsEmpty)
        {
            _long = null;
            body.Complete();
            _grammar.End(isError);
            return;
        }

        if (data.Trim((byte)' ').SequenceEqual("[DONE]"u8))
        {
            _grammar.MarkComplete();
            return;
        }

        _grammar.Begin();
        if (!TryWalk(data) && isError)
        {
            _grammar.MarkError(data);
            return;
        }

        _grammar.End(isError);
    }

    /// <returns>False where the data is no whole JSON document: what came before the break stands.</returns>
    private bool TryWalk(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = new Utf8JsonReader(data, JsonGrammar.ReaderOptions);
            while (reader.Read())
            {
                _grammar.Token(ref reader);
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
