namespace AiGateway.Usage;

/// <summary>Reads an answer that is one JSON document.</summary>
internal sealed class JsonAnswerReader : AnswerReader
{
    private readonly AnswerGrammar _grammar;
    private readonly JsonBody _body;
    private bool _isEnded;

    public JsonAnswerReader(UsageFormat format)
    {
        _grammar = new AnswerGrammar(format);
        _body = new JsonBody(_grammar);
        _grammar.Begin();
    }

    public override UsageReport Report => _grammar.Report();

    public override void Read(ReadOnlySpan<byte> bytes) => _body.Push(bytes);

    public override void Complete()
    {
        if (_isEnded)
        {
            return;
        }

        _isEnded = true;
        _body.Complete();
        _grammar.End();
        if (_grammar.IsWhole)
        {
            _grammar.MarkComplete();
        }
    }
}
