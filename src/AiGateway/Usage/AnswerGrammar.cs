using System.Text.Json;

namespace AiGateway.Usage;

/// <summary>
/// What the APIs of OpenAI, Anthropic and Google say in their answers, and those that speak like them. The words of one mean nothing in another,
/// so one grammar reads them all. Usage is found wherever it stands; the last one wins (providers repeat it, cumulatively).
/// </summary>
internal sealed class AnswerGrammar : JsonGrammar
{
    /// <summary>Of an error's message, this much is kept when it has neither code nor type.</summary>
    private const int MaxErrorBytes = 200;

    private readonly UsageTally _usage = new();
    private readonly ToolCalls _tools = new();
    private readonly bool _hasNoOutput;
    private readonly bool _hasPictures;
    private string? _model;
    private string? _serviceTier;
    private string? _objectId;
    private string? _documentId;
    private string? _threadId;
    private long? _trained;
    private long? _film;
    private long? _documentFilm;
    private string? _error;
    private string? _imageSize;
    private string? _imageQuality;
    private bool _isComplete;
    private bool _hasOtherOutput;
    private long? _cueEnd;
    private WorkState _state;
    private long _pieces;
    private long _whole;
    private long _largestWhole;
    private long _typedDelta;
    private long _pictures;
    private long _allPictures;
    private DocumentMarks _marks;

    /// <param name="format">Embeddings generate nothing: their output is 0 wherever the input is counted. A list named data holds pictures in answers about pictures only.</param>
    public AnswerGrammar(UsageFormat format)
    {
        _hasNoOutput = format is UsageFormat.OpenAiEmbeddings;
        _hasPictures = format is UsageFormat.OpenAiImages;
    }

    public override void Begin()
    {
        base.Begin();
        _usage.Begin();
        _tools.Begin();
        _marks = default;
        (_documentId, _documentFilm) = (null, null);
        _whole = 0;
        _typedDelta = 0;
        _pictures = 0;
    }

    /// <summary>The document has ended, whole or cut: decides what can only be known now, as members come in any order.</summary>
    /// <param name="isNamedError">It came as an event named error.</param>
    public void End(bool isNamedError = false)
    {
        _largestWhole = Math.Max(_largestWhole, _whole);
        _pieces += _marks.DeltaIsText ? _typedDelta : 0;
        _isComplete |= _marks.IsTerminal;
        _error = _marks.Failure(isNamedError) ?? _error;
        if (!_marks.IsPartOfRun)
        {
            _state = _marks.State is WorkState.None ? _state : _marks.State;
            _objectId = _documentId ?? _objectId;
        }

        _film = _marks.IsFilm ? _documentFilm ?? _film : _film;
        _usage.End(_marks);
        _tools.End();
        _allPictures += _marks.IsFinishedPicture ? 1 : 0;
        // The list itself is opened once as well.
        _allPictures = Math.Max(_allPictures, _pictures - 1);
    }

    /// <summary>[DONE], or a JSON body to its end.</summary>
    public void MarkComplete() => _isComplete = true;

    /// <summary>An error that is no JSON.</summary>
    public void MarkError(ReadOnlySpan<byte> text) =>
        _error = text.IsEmpty ? "error" : System.Text.Encoding.UTF8.GetString(text[..Math.Min(text.Length, MaxErrorBytes)]);

    public UsageReport Report()
    {
        var text = Math.Max(_pieces, _largestWhole);
        var tokens = Believable(text);
        return new UsageReport
        {
            Tokens = tokens, OtherModels = tokens is null ? ValueList<ModelTokens>.Empty : _usage.OtherModels, ImageToolTokens = _usage.ImageTool,
            Tools = _tools.Used(_usage), Images = _allPictures, ImageSize = _imageSize, ImageQuality = _imageQuality,
            SoundMilliseconds = _usage.SoundMilliseconds, CueMilliseconds = _cueEnd, HasOtherOutput = _hasOtherOutput,
            TrainedTokens = _trained, FilmMilliseconds = _film, CostNanoUsd = _usage.CostNanoUsd,
            Model = _model, ServiceTier = _serviceTier, ObjectId = _objectId, ThreadId = _threadId,
            OutputTextBytes = text, Error = _error, IsComplete = _isComplete, State = _state,
        };
    }

    protected override Place Child(Place parent, ReadOnlySpan<byte> key) => parent switch
    {
        Place.Root or Place.Response => AnswerKeys.OfRoot(key, parent),
        Place.LooseMessage => AnswerKeys.OfRoot(key, Place.Response),
        Place.Choice => AnswerKeys.OfChoice(key),
        Place.Candidate => AnswerKeys.OfCandidate(key),
        Place.Groq => AnswerKeys.OfGroq(key),
        Place.Output => AnswerKeys.OfOutput(key),
        Place.TextPiece => AnswerKeys.OfText(key, parent, Place.FreePiece),
        Place.WholeText => AnswerKeys.OfText(key, parent, Place.FreeWhole),
        Place.FreePiece or Place.FreeWhole => parent,
        Place.TypedDelta => AnswerKeys.OfDelta(key),
        Place.Error => AnswerKeys.OfError(key),
        Place.ToolUsage => AnswerKeys.OfToolUsage(key),
        Place.SearchTool => AnswerKeys.OfSearchTool(key),
        Place.Iteration => AnswerKeys.OfIteration(key),
        Place.ModelUsage => AnswerKeys.OfModelUsage(key),
        Place.Usage or Place.ImageTool => AnswerKeys.OfUsage(key),
        Place.ServerTools => AnswerKeys.OfServerTools(key),
        Place.CacheCreation => AnswerKeys.OfCacheCreation(key),
        Place.InputDetails => AnswerKeys.OfInputDetails(key),
        Place.OutputDetails => AnswerKeys.OfOutputDetails(key),
        Place.CachedDetails => AnswerKeys.OfCachedDetails(key),
        Place.InputModality or Place.OutputModality or Place.CachedModality => AnswerKeys.OfModality(key),
        _ => Place.Ignored,
    };

    protected override void Opened(Place place)
    {
        if (place is Place.Pictures && _hasPictures)
        {
            _pictures++;
        }

        _usage.Open(place);
    }

    protected override void Closed(Place place) => _usage.Close(place);

    protected override void Value(Place place, ref Utf8JsonReader reader)
    {
        switch (place)
        {
            case Place.ServiceTier:
                Keep(ref _serviceTier, ref reader);
                break;
            case > Place.Usage or Place.ModalityName or Place.ModalityCount or Place.IterationModel or Place.ModelUsageName:
                _usage.Value(place, ref reader);
                break;
            case Place.TextPiece or Place.FreePiece:
                _pieces += TextBytes(ref reader);
                break;
            case Place.WholeText or Place.FreeWhole:
                _whole += TextBytes(ref reader);
                break;
            case Place.TypedDelta:
                _typedDelta += TextBytes(ref reader);
                break;
            case Place.Model:
                Keep(ref _model, ref reader);
                break;
            case Place.ObjectId:
                _documentId = IsKnownId(ref reader) ? _objectId : JsonText.Name(ref reader) ?? _documentId;
                break;
            default:
                Mark(place, ref reader);
                break;
        }
    }

    private void Mark(Place place, ref Utf8JsonReader reader)
    {
        switch (place)
        {
            case Place.ImageSize:
                Keep(ref _imageSize, ref reader);
                break;
            case Place.ImageQuality:
                Keep(ref _imageQuality, ref reader);
                break;
            case Place.CueEnd:
                _cueEnd = JsonNumber.Milliseconds(ref reader) is { } end && !(end < _cueEnd) ? end : _cueEnd;
                break;
            case Place.ThreadId:
                Keep(ref _threadId, ref reader);
                break;
            case Place.TrainedTokens:
                _trained = JsonNumber.Count(ref reader, UsageDraft.MaxTokens) ?? _trained;
                break;
            case Place.FilmSeconds:
                _documentFilm = JsonNumber.Milliseconds(ref reader) ?? _documentFilm;
                break;
            case Place.OtherOutput:
                _hasOtherOutput |= TextBytes(ref reader) > 0;
                break;
            case Place.FinishReason:
                _isComplete |= reader.TokenType is JsonTokenType.String or JsonTokenType.Number;
                break;
            case Place.ItemType:
                _tools.See(JsonText.Name(ref reader));
                break;
            default:
                _marks.Set(place, ref reader, MaxErrorBytes);
                break;
        }
    }

    private long TextBytes(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.String ? JsonText.Length(ref reader) + OmittedBytes : 0;

    /// <summary>Every chunk repeats its answer's id, which needs no new string.</summary>
    private bool IsKnownId(ref Utf8JsonReader reader) => _objectId is not null && reader.TokenType is JsonTokenType.String && reader.ValueTextEquals(_objectId);

    /// <summary>The last one that is not empty wins. Every chunk repeats it, so a new string is made only where it differs.</summary>
    private static void Keep(ref string? kept, ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.String && (reader.ValueIsEscaped || kept is null || !reader.ValueTextEquals(kept)))
        {
            kept = JsonText.Name(ref reader) ?? kept;
        }
    }

    /// <summary>A usage of zeros beside text that was generated is no measurement (seen on response.incomplete): it counts as missing.</summary>
    private TokenCounts? Believable(long textBytes)
    {
        if (_usage.Tokens is not { } tokens || (textBytes > 0 && UsageTally.IsZero(tokens)))
        {
            return null;
        }

        if (_hasNoOutput)
        {
            return tokens with { Output = 0 };
        }

        return textBytes > 0 && (tokens.Output is 0 || _usage.IsOutputProvisional) ? tokens with { Output = null } : tokens;
    }
}
