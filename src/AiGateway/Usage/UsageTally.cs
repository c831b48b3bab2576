using System.Text.Json;

namespace AiGateway.Usage;

/// <summary>
/// The usage objects of one answer, in our one meaning. The last one wins and nothing is added up, with three exceptions that are no repeats:
/// Anthropic's events each say a part, passes of one answer each say their own, and each finished picture of a stream has its own usage.
/// </summary>
internal sealed class UsageTally
{
    /// <summary>xAI counts its prices in these: 10,000,000,000 are a USD.</summary>
    private const long TicksPerNanoUsd = 10;

    private readonly UsageDraft _draft = new();
    private readonly UsageDraft _pass = new();
    private readonly UsageDraft _message = new();
    private readonly UsageDraft _tools = new();
    private readonly List<ModelTokens> _passes = [];
    private UsageDraft _current;
    private TokenCounts? _documentTokens;
    private ValueList<ModelTokens> _documentOthers = ValueList<ModelTokens>.Empty;
    private string? _passModel;
    private string? _modality;
    private long _modalityCount;
    private readonly List<ModelTokens> _models = [];
    private bool _sawUsage;
    private bool _hasFinalOutput;
    private bool _isMessage;

    public UsageTally() => _current = _draft;

    public TokenCounts? Tokens { get; private set; }
    public ValueList<ModelTokens> OtherModels { get; private set; } = ValueList<ModelTokens>.Empty;
    public TokenCounts? ImageTool { get; private set; }
    public long? SoundMilliseconds { get; private set; }
    public long? WebSearches { get; private set; }
    public long WebFetches { get; private set; }
    public long OtherTools { get; private set; }
    public long? CostNanoUsd { get; private set; }

    /// <summary>Anthropic's first event guesses at the output; without a later one it is no count.</summary>
    public bool IsOutputProvisional => _isMessage && !_hasFinalOutput;

    public void Begin()
    {
        _documentTokens = null;
        if (_sawUsage)
        {
            _draft.Clear();
            _tools.Clear();
            _passes.Clear();
            _models.Clear();
            _current = _draft;
            _sawUsage = false;
        }
    }

    public void Open(Place place)
    {
        switch (place)
        {
            case Place.Usage:
                (_sawUsage, _current) = (true, _draft);
                _draft.Clear();
                _passes.Clear();
                break;
            case Place.Iteration:
                _current = _pass;
                _pass.Clear();
                _passModel = null;
                break;
            case Place.ModelUsage:
                (_sawUsage, _current, _passModel) = (true, _pass, null);
                _pass.Clear();
                break;
            case Place.ImageTool or Place.SearchTool:
                (_sawUsage, _current) = (true, _tools);
                break;
            case Place.InputModality or Place.OutputModality or Place.CachedModality:
                (_modality, _modalityCount) = (null, 0);
                break;
        }
    }

    public void Close(Place place)
    {
        switch (place)
        {
            case Place.Usage:
                CloseUsage();
                break;
            case Place.Iteration:
                ClosePass(_passes);
                break;
            case Place.ModelUsage:
                ClosePass(_models);
                break;
            case Place.ImageTool or Place.SearchTool:
                _current = _draft;
                break;
            case Place.InputModality or Place.OutputModality or Place.CachedModality:
                AddModality(place);
                break;
        }
    }

    public void Value(Place place, ref Utf8JsonReader reader)
    {
        switch (place)
        {
            case Place.IterationModel or Place.ModelUsageName:
                _passModel = JsonText.Name(ref reader);
                break;
            case Place.ModalityName:
                _modality = reader.TokenType is JsonTokenType.Number ? Number(ref reader) : JsonText.Name(ref reader);
                break;
            case Place.ModalityCount:
                _modalityCount = JsonNumber.Count(ref reader, int.MaxValue) ?? 0;
                break;
            default:
                _current.Set(place, ref reader);
                break;
        }
    }

    /// <summary>The document has ended: what of it stands.</summary>
    public void End(in DocumentMarks marks)
    {
        if (marks.IsMessagePart && _sawUsage)
        {
            TakeMessagePart(marks.IsMessageStart);
        }

        if (marks.IsUnfinished || marks.IsPartOfRun)
        {
            return;
        }

        if (_documentTokens is null && _models.Count > 0)
        {
            _documentTokens = _models.Select(model => model.Tokens).Aggregate(Sum);
            _documentOthers = new ValueList<ModelTokens>([.. _models.Where(model => model.Model.Length > 0)]);
        }

        if (_documentTokens is { } tokens && !(IsZero(tokens) && Tokens is not null))
        {
            Tokens = marks.IsFinishedPicture && Tokens is { } before ? Sum(before, tokens) : tokens;
            OtherModels = _documentOthers;
        }

        if (_sawUsage)
        {
            TakeRest();
        }
    }

    public static bool IsZero(TokenCounts counts) => counts is { Input: null or 0, Output: null or 0 };

    private void CloseUsage()
    {
        if (_draft.ToCounts() is { } counts)
        {
            (_documentTokens, _documentOthers) = WithPasses(counts);
        }
    }

    private void ClosePass(List<ModelTokens> passes)
    {
        if (_pass.ToCounts() is { } counts)
        {
            passes.Add(new ModelTokens(_passModel ?? "", counts));
        }

        _pass.Clear();
        (_current, _passModel) = (_draft, null);
    }

    /// <summary>Some passes (compaction, an advisor's) are left out of the top figures: where there are passes, their sum is what was used.</summary>
    private (TokenCounts, ValueList<ModelTokens>) WithPasses(TokenCounts top)
    {
        if (_passes.Count == 0)
        {
            return (top, ValueList<ModelTokens>.Empty);
        }

        var sum = _passes.Select(pass => pass.Tokens).Aggregate(Sum) with { Reasoning = top.Reasoning };
        return sum.Input + sum.Output >= (top.Input ?? 0) + (top.Output ?? 0)
            ? (sum, new ValueList<ModelTokens>([.. _passes.Where(pass => pass.Model.Length > 0)]))
            : (top, ValueList<ModelTokens>.Empty);
    }

    /// <summary>message_start and message_delta: the later says again what has grown, and leaves out what has not.</summary>
    private void TakeMessagePart(bool isStart)
    {
        if (isStart)
        {
            _message.Clear();
        }

        _isMessage = true;
        _hasFinalOutput |= !isStart && _draft[Place.OutputTokens] is not null;
        _message.Overlay(_draft);
        if (_message.ToCounts() is { } counts)
        {
            (_documentTokens, _documentOthers) = WithPasses(counts);
        }
    }

    private void TakeRest()
    {
        SoundMilliseconds = _draft[Place.Milliseconds] ?? SoundMilliseconds;
        WebSearches = _draft[Place.WebSearches] ?? _tools[Place.WebSearches] ?? WebSearches;
        WebFetches = _draft[Place.WebFetches] ?? WebFetches;
        OtherTools = _draft[Place.OtherTools] ?? OtherTools;
        CostNanoUsd = _draft[Place.CostTicks] / TicksPerNanoUsd ?? CostNanoUsd;
        ImageTool = _tools.ToCounts() is { } tool && !IsZero(tool) ? tool : ImageTool;
    }

    private void AddModality(Place list)
    {
        var place = (list, _modality) switch
        {
            (Place.InputModality, "AUDIO" or "4") => Place.InputAudio,
            (Place.InputModality, "IMAGE" or "2") => Place.InputImage,
            (Place.OutputModality, "AUDIO" or "4") => Place.OutputAudio,
            (Place.OutputModality, "IMAGE" or "2") => Place.OutputImage,
            (Place.CachedModality, "AUDIO" or "4") => Place.CachedAudio,
            (Place.CachedModality, "IMAGE" or "2") => Place.CachedImage,
            _ => Place.Ignored,
        };
        if (place is not Place.Ignored && _modalityCount > 0)
        {
            _current.Set(place, _modalityCount);
        }

        _modality = null;
    }

    /// <summary>Vertex writes its enumerations as numbers when asked to.</summary>
    private static string? Number(ref Utf8JsonReader reader) => reader.TryGetInt32(out var number) ? number.ToString(System.Globalization.CultureInfo.InvariantCulture) : null;

    private static TokenCounts Sum(TokenCounts one, TokenCounts other) => new()
    {
        Input = Sum(one.Input, other.Input), CacheRead = Sum(one.CacheRead, other.CacheRead), CacheWrite = Sum(one.CacheWrite, other.CacheWrite),
        CacheWriteOneHour = Sum(one.CacheWriteOneHour, other.CacheWriteOneHour), Output = Sum(one.Output, other.Output),
        Reasoning = Sum(one.Reasoning, other.Reasoning), InputAudio = Sum(one.InputAudio, other.InputAudio), InputImage = Sum(one.InputImage, other.InputImage),
        CacheReadAudio = Sum(one.CacheReadAudio, other.CacheReadAudio), CacheReadImage = Sum(one.CacheReadImage, other.CacheReadImage),
        OutputAudio = Sum(one.OutputAudio, other.OutputAudio), OutputImage = Sum(one.OutputImage, other.OutputImage),
    };

    private static long? Sum(long? one, long? other) => one is null ? other : one + (other ?? 0);
}
