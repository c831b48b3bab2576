namespace AiGateway.Usage;

/// <summary>What a request's body, JSON or form, says that matters for its hold and its metering. Read in one pass, nothing kept of it.</summary>
internal sealed record RequestFacts
{
    public string? Model { get; init; }

    /// <summary>Where the model's name stands, a JSON string with its quotes; null: the body names none.</summary>
    public Stretch? ModelPlace { get; init; }

    /// <summary>Two models are named. Servers differ in which they take.</summary>
    public bool NamesTwoModels { get; init; }

    /// <summary>UTF-8 bytes of the text that the model will read: an upper bound of its tokens.</summary>
    public long TextBytes { get; init; }

    /// <summary>Messages or input items: each costs a few tokens beside its text.</summary>
    public int Messages { get; init; }

    /// <summary>Image, audio and file parts, each charged a stated ceiling in the hold; their base64 is no text.</summary>
    public int ImageParts { get; init; }
    public int AudioParts { get; init; }
    public int FileParts { get; init; }

    /// <summary>The caller's limit on output tokens; of duplicate keys the larger. Null: none given.</summary>
    public long? MaxOutputTokens { get; init; }

    /// <summary>The limit stands beside something that a server may take for none: as little is known of it as of a limit that is not given.</summary>
    public bool HasUnclearLimit { get; init; }

    /// <summary>n, or best_of where larger, times the prompts of a completions call; at least 1.</summary>
    public int Choices { get; init; } = 1;

    public bool Stream { get; init; }

    /// <summary>The work may go on after the answer (responses).</summary>
    public bool Background { get; init; }

    /// <summary>The caller himself asked for usage in the stream.</summary>
    public bool IncludesUsage { get; init; }

    /// <summary>Where to splice stream_options.include_usage in; null where the body is no stream, asks already, or must be left alone.</summary>
    public Splice? UsageSplice { get; init; }

    /// <summary>Where the closing brace of the body's object stands; null: the body is no JSON, or an object without members.</summary>
    public int? End { get; init; }

    public string? SafetyIdentifier { get; init; }
    public string? User { get; init; }

    /// <summary>Stands for a reference that is no id, or that is named twice: nobody owns it.</summary>
    public const string UnknownReference = "?";

    /// <summary>The stored response to go on from.</summary>
    public string? PreviousResponseId { get; init; }

    /// <summary>The stored conversation to go on with.</summary>
    public string? Conversation { get; init; }

    /// <summary>Other stored objects that the body names: files, stores, containers, items.</summary>
    public ValueList<string> References { get; init; } = ValueList<string>.Empty;

    public string? ServiceTier { get; init; }

    /// <summary>Of the pictures that are asked for.</summary>
    public string? ImageSize { get; init; }
    public string? ImageQuality { get; init; }

    /// <summary>Characters of the text to be spoken.</summary>
    public long SpokenCharacters { get; init; }

    /// <summary>The body is a multipart form: what stands behind its files is known once they have gone by.</summary>
    public bool IsForm { get; init; }

    /// <summary>Bytes of a form's files.</summary>
    public long FileBytes { get; init; }
}

/// <summary>Some bytes of a body.</summary>
internal readonly record struct Stretch(int Offset, int Length);

/// <summary>Replace <paramref name="Length"/> bytes at <paramref name="Offset"/> with <paramref name="Insert"/>; everything else stays as it is.</summary>
internal sealed record Splice(int Offset, int Length, byte[] Insert);
