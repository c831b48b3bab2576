using System.Text.Json;

namespace AiGateway.Usage;

/// <summary>One reading of one request body: the members of its root object.</summary>
internal ref struct RequestPass
{
    private readonly UsageFormat _format;
    private readonly StreamOptionsSplice _options = new();
    private Utf8JsonReader _reader;
    private RequestText _text;
    private string? _model;
    private Stretch? _modelPlace;
    private int _models;
    private string? _user;
    private string? _safetyIdentifier;
    private string? _previousResponseId;
    private string? _conversation;
    private string? _serviceTier;
    private string? _size;
    private string? _quality;
    private long _characters;
    private long? _limit;
    private uint _limited;
    private uint _unlimited;
    private bool _hasConfig;
    private long _n = 1;
    private long _prompts = 1;
    private bool _stream;
    private bool _background;
    private bool _hasMembers;

    /// <param name="counter">Null: text is measured in bytes.</param>
    public RequestPass(UsageFormat format, ReadOnlySpan<byte> json, TokenCounter? counter)
    {
        _format = format;
        _text = new RequestText(json, counter);
        _reader = new Utf8JsonReader(json, JsonGrammar.ReaderOptions);
    }

    /// <exception cref="JsonException">The body is not one JSON object.</exception>
    public RequestFacts Read()
    {
        _reader.Read();
        if (_reader.TokenType is not JsonTokenType.StartObject)
        {
            throw new JsonException("The body is not a JSON object.");
        }

        while (_reader.Read() && _reader.TokenType is JsonTokenType.PropertyName)
        {
            _hasMembers = true;
            var key = JsonText.Key(ref _reader);
            _reader.Read();
            Member(key);
        }

        var end = (int)_reader.TokenStartIndex;
        while (_reader.Read())
        {
            // Anything behind the object makes the reader throw.
        }

        return Facts(end);
    }

    private RequestFacts Facts(int end) => new()
    {
        Model = _model, ModelPlace = _modelPlace, NamesTwoModels = _models > 1, User = _user, SafetyIdentifier = _safetyIdentifier, PreviousResponseId = _previousResponseId,
        Conversation = _conversation, ServiceTier = _serviceTier,
        TextBytes = _text.Bytes, Messages = _text.Messages,
        ImageParts = _text.Images, AudioParts = _text.Audios, FileParts = _text.Files,
        MaxOutputTokens = _limit, HasUnclearLimit = (_limited & _unlimited) != 0, Choices = (int)Math.Min(_n * _prompts, RequestReader.MaxChoices),
        ImageSize = _size, ImageQuality = _quality, SpokenCharacters = _characters,
        Stream = _stream, Background = _background, IncludesUsage = _stream && HasStreamOptions && _options.IncludesUsage,
        End = _hasMembers ? end : null,
        UsageSplice = _stream && HasStreamOptions ? _options.Splice(end) : null,
    };

    private readonly bool HasStreamOptions => _format is UsageFormat.OpenAiChat or UsageFormat.OpenAiCompletions;

    private void Member(scoped ReadOnlySpan<byte> key)
    {
        if (IsLimit(key))
        {
            Limit(key);
        }
        else if (key.SequenceEqual("n"u8) || key.SequenceEqual("best_of"u8))
        {
            _n = Math.Max(_n, RequestReader.Positive(ref _reader, RequestReader.MaxChoices) ?? 1);
        }
        else if (key.SequenceEqual("stream"u8))
        {
            _stream = _reader.TokenType is JsonTokenType.True;
        }
        else if (key.SequenceEqual("background"u8))
        {
            _background = _reader.TokenType is JsonTokenType.True;
        }
        else if (key.SequenceEqual("stream_options"u8))
        {
            _options.Read(ref _reader);
            return;
        }
        else if (_format is UsageFormat.GeminiGenerate && (key.SequenceEqual("generationConfig"u8) || key.SequenceEqual("generation_config"u8)))
        {
            GenerationConfig();
            return;
        }
        else if (Name(key) || Text(key))
        {
            return;
        }

        _reader.Skip();
    }

    /// <summary>Gemini's limits stand in an object of their own.</summary>
    private void GenerationConfig()
    {
        _unlimited |= _hasConfig ? uint.MaxValue : 0;
        _hasConfig = true;
        if (_reader.TokenType is not JsonTokenType.StartObject)
        {
            _reader.Skip();
            return;
        }

        while (_reader.Read() && _reader.TokenType is JsonTokenType.PropertyName)
        {
            var key = JsonText.Key(ref _reader);
            _reader.Read();
            if (key.SequenceEqual("maxOutputTokens"u8) || key.SequenceEqual("max_output_tokens"u8))
            {
                Limit(key);
            }
            else if (key.SequenceEqual("candidateCount"u8) || key.SequenceEqual("candidate_count"u8))
            {
                _n = Math.Max(_n, RequestReader.Positive(ref _reader, RequestReader.MaxChoices) ?? 1);
            }

            _reader.Skip();
        }
    }

    /// <summary>
    /// Of two equal names servers take the first or the last, so that one with null may leave no limit. What is neither null nor a positive number,
    /// some take for no limit, whatever another name says.
    /// </summary>
    private void Limit(scoped ReadOnlySpan<byte> key)
    {
        // The names differ in length.
        var name = 1u << key.Length;
        if (RequestReader.Positive(ref _reader, RequestReader.MaxLimit) is { } limit)
        {
            _limit = Math.Max(_limit ?? 0, limit);
            _limited |= name;
        }
        else
        {
            _unlimited |= _reader.TokenType is JsonTokenType.Null ? name : uint.MaxValue;
        }
    }

    private readonly bool IsLimit(scoped ReadOnlySpan<byte> key) => _format switch
    {
        UsageFormat.OpenAiEmbeddings or UsageFormat.OpenAiImages or UsageFormat.OpenAiSpeech => false,
        UsageFormat.OpenAiCompletions => key.SequenceEqual("max_tokens"u8),
        UsageFormat.OpenAiChat => key.SequenceEqual("max_completion_tokens"u8) || key.SequenceEqual("max_tokens"u8),
        UsageFormat.OpenAiResponses => key.SequenceEqual("max_output_tokens"u8),
        _ => key.SequenceEqual("max_output_tokens"u8) || key.SequenceEqual("max_completion_tokens"u8) || key.SequenceEqual("max_tokens"u8),
    };

    private bool Name(scoped ReadOnlySpan<byte> key)
    {
        if (key.SequenceEqual("model"u8))
        {
            _models++;
            var place = new Stretch((int)_reader.TokenStartIndex, (int)(_reader.BytesConsumed - _reader.TokenStartIndex));
            _model = Taken();
            _modelPlace = _model is null ? null : place;
        }
        else if (key.SequenceEqual("user"u8))
        {
            _user = Taken();
        }
        else if (key.SequenceEqual("safety_identifier"u8))
        {
            _safetyIdentifier = Taken();
        }
        else if (key.SequenceEqual("service_tier"u8))
        {
            _serviceTier = Taken();
        }
        else if (_format is UsageFormat.OpenAiImages && key.SequenceEqual("size"u8))
        {
            _size = Taken();
        }
        else if (_format is UsageFormat.OpenAiImages && key.SequenceEqual("quality"u8))
        {
            _quality = Taken();
        }
        else if (key.SequenceEqual("previous_response_id"u8))
        {
            _previousResponseId = Reference(_previousResponseId);
        }
        else if (key.SequenceEqual("conversation"u8))
        {
            _conversation = Conversation(_conversation);
        }
        else
        {
            return false;
        }

        return true;
    }

    /// <summary>The string that stands here; null for anything else, which is skipped.</summary>
    private string? Taken()
    {
        var name = JsonText.Name(ref _reader, RequestText.MaxIdentifierBytes);
        _reader.Skip();
        return name;
    }

    /// <summary>An object that the caller goes on from. Servers differ in which of two names they take, so that two are as good as none that is known.</summary>
    private string? Reference(string? before)
    {
        if (_reader.TokenType is JsonTokenType.Null)
        {
            return before;
        }

        var name = JsonText.Name(ref _reader, RequestText.MaxIdentifierBytes) ?? RequestFacts.UnknownReference;
        _reader.Skip();
        return before is null || before == name ? name : RequestFacts.UnknownReference;
    }

    /// <summary>An id, or an object with one.</summary>
    private string? Conversation(string? before)
    {
        if (_reader.TokenType is not JsonTokenType.StartObject)
        {
            return Reference(before);
        }

        while (_reader.Read() && _reader.TokenType is JsonTokenType.PropertyName)
        {
            var isId = JsonText.Key(ref _reader).SequenceEqual("id"u8);
            _reader.Read();
            if (isId)
            {
                before = Reference(before);
            }
            else
            {
                _reader.Skip();
            }
        }

        return before;
    }

    private bool Text(scoped ReadOnlySpan<byte> key)
    {
        if (key.SequenceEqual("messages"u8) || key.SequenceEqual("contents"u8) || key.SequenceEqual("requests"u8) || key.SequenceEqual("instances"u8))
        {
            _text.Items(ref _reader);
        }
        else if (key.SequenceEqual("prompt"u8))
        {
            _prompts = Math.Max(_prompts, _text.Prompt(ref _reader));
        }
        else if (key.SequenceEqual("input"u8))
        {
            _characters = _format is UsageFormat.OpenAiSpeech ? JsonText.Characters(ref _reader) : 0;
            _text.Items(ref _reader);
        }
        else if (key.SequenceEqual("instructions"u8) || key.SequenceEqual("suffix"u8) || key.SequenceEqual("system"u8)
            || key.SequenceEqual("systemInstruction"u8) || key.SequenceEqual("system_instruction"u8) || key.SequenceEqual("content"u8) || key.SequenceEqual("prediction"u8))
        {
            _text.Content(ref _reader);
        }
        else if (key.SequenceEqual("tools"u8) || key.SequenceEqual("functions"u8) || key.SequenceEqual("response_format"u8))
        {
            _text.Raw(ref _reader);
        }
        else if (key.SequenceEqual("text"u8))
        {
            _text.TextOptions(ref _reader);
        }
        else
        {
            return false;
        }

        return true;
    }
}
