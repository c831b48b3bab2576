using System.Text.Json;

namespace AiGateway.Usage;

/// <summary>
/// What OpenAI's APIs say in their answers, and those that speak like them: chat, completions, responses, embeddings.
/// Usage is found wherever it stands; the last one wins and nothing is ever added up (providers repeat it, cumulatively).
/// </summary>
internal sealed class AnswerGrammar : JsonGrammar
{
    /// <summary>Of an error's message, this much is kept when it has neither code nor type.</summary>
    private const int MaxErrorBytes = 200;

    private readonly UsageDraft _draft = new();
    private readonly bool _hasNoOutput;
    private TokenCounts? _tokens;
    private TokenCounts? _documentTokens;
    private string? _model;
    private string? _serviceTier;
    private string? _objectId;
    private string? _error;
    private bool _isComplete;
    private WorkState _state;
    private long _pieces;
    private long _whole;
    private long _largestWhole;
    private long _typedDelta;
    private DocumentMarks _marks;

    /// <param name="format">Embeddings generate nothing: their output is 0 wherever the input is counted.</param>
    public AnswerGrammar(UsageFormat format) => _hasNoOutput = format is UsageFormat.OpenAiEmbeddings;

    public override void Begin()
    {
        base.Begin();
        _documentTokens = null;
        _marks = default;
        _whole = 0;
        _typedDelta = 0;
    }

    /// <summary>The document has ended, whole or cut: decides what can only be known now, as members come in any order.</summary>
    /// <param name="isNamedError">It came as an event named error.</param>
    public void End(bool isNamedError = false)
    {
        _largestWhole = Math.Max(_largestWhole, _whole);
        _pieces += _marks.DeltaIsText ? _typedDelta : 0;
        _isComplete |= _marks.IsTerminal;
        _error = _marks.Failure(isNamedError) ?? _error;
        _state = _marks.State is WorkState.None ? _state : _marks.State;
        if (!_marks.IsUnfinished && _documentTokens is { } tokens && !(IsZero(tokens) && _tokens is not null))
        {
            _tokens = tokens;
        }
    }

    /// <summary>[DONE], or a JSON body to its end.</summary>
    public void MarkComplete() => _isComplete = true;

    /// <summary>An error that is no JSON.</summary>
    public void MarkError(ReadOnlySpan<byte> text) =>
        _error = text.IsEmpty ? "error" : System.Text.Encoding.UTF8.GetString(text[..Math.Min(text.Length, MaxErrorBytes)]);

    public UsageReport Report()
    {
        var text = Math.Max(_pieces, _largestWhole);
        return new UsageReport
        {
            Tokens = Believable(text), Model = _model, ServiceTier = _serviceTier, ObjectId = _objectId,
            OutputTextBytes = text, Error = _error, IsComplete = _isComplete, State = _state,
        };
    }

    protected override Place Child(Place parent, ReadOnlySpan<byte> key) => parent switch
    {
        Place.Root or Place.Response => AnswerKeys.OfRoot(key, parent),
        Place.Choice => AnswerKeys.OfChoice(key),
        Place.Groq => AnswerKeys.OfGroq(key),
        Place.TextPiece or Place.WholeText => AnswerKeys.IsText(key) ? parent : Place.Ignored,
        Place.Error => AnswerKeys.OfError(key),
        Place.Usage => AnswerKeys.OfUsage(key),
        Place.InputDetails => AnswerKeys.OfInputDetails(key),
        Place.OutputDetails => AnswerKeys.OfOutputDetails(key),
        Place.CachedDetails => AnswerKeys.OfCachedDetails(key),
        _ => Place.Ignored,
    };

    protected override void Opened(Place place)
    {
        if (place is Place.Usage)
        {
            _draft.Clear();
        }
    }

    protected override void Closed(Place place)
    {
        if (place is Place.Usage)
        {
            _documentTokens = _draft.ToCounts() ?? _documentTokens;
        }
    }

    protected override void Value(Place place, ref Utf8JsonReader reader)
    {
        switch (place)
        {
            case > Place.Usage:
                _draft.Set(place, ref reader);
                break;
            case Place.TextPiece:
                _pieces += TextBytes(ref reader);
                break;
            case Place.WholeText:
                _whole += TextBytes(ref reader);
                break;
            case Place.TypedDelta:
                _typedDelta += TextBytes(ref reader);
                break;
            case Place.Model:
                Keep(ref _model, ref reader);
                break;
            case Place.ObjectId:
                Keep(ref _objectId, ref reader);
                break;
            case Place.ServiceTier:
                Keep(ref _serviceTier, ref reader);
                break;
            default:
                _marks.Set(place, ref reader, MaxErrorBytes);
                break;
        }
    }

    private static long TextBytes(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.String ? JsonText.Length(ref reader) : 0;

    /// <summary>The last one that is not empty wins. Every chunk repeats it, so a new string is made only where it differs.</summary>
    private static void Keep(ref string? kept, ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.String && (reader.ValueIsEscaped || kept is null || !reader.ValueTextEquals(kept)))
        {
            kept = JsonText.Name(ref reader) ?? kept;
        }
    }

    private static bool IsZero(TokenCounts counts) => counts is { Input: null or 0, Output: null or 0 };

    /// <summary>A usage of zeros beside text that was generated is no measurement (seen on response.incomplete): it counts as missing.</summary>
    private TokenCounts? Believable(long textBytes)
    {
        if (_tokens is not { } tokens || (textBytes > 0 && IsZero(tokens)))
        {
            return null;
        }

        if (_hasNoOutput)
        {
            return tokens with { Output = 0 };
        }

        return textBytes > 0 && tokens.Output is 0 ? tokens with { Output = null } : tokens;
    }
}
