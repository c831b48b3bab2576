using System.Text.Json;

namespace AiGateway.Usage;

/// <summary>What one document says of itself: its kind, its state, and how it failed.</summary>
internal struct DocumentMarks
{
    private string? _type;
    private string? _kind;
    private string? _status;
    private string? _errorCode;
    private string? _errorType;
    private string? _errorMessage;
    private string? _looseCode;
    private string? _looseMessage;

    /// <summary>The last event of its stream.</summary>
    public readonly bool IsTerminal =>
        _kind is "chat.completion.done"
        || _type is "response.completed" or "response.incomplete" or "response.failed" or "response.cancelled" or "error"
            or "message_stop" or "transcript.text.done" or "speech.audio.done" || IsFinishedPicture;

    /// <summary>Anthropic's two events that say what was used, each a part of it.</summary>
    public readonly bool IsMessagePart => IsMessageStart || _type is "message_delta";

    public readonly bool IsMessageStart => _type is "message_start";

    /// <summary>One picture of a stream, whole.</summary>
    public readonly bool IsFinishedPicture => _type is "image_generation.completed" or "image_edit.completed";

    /// <summary>A step or a message of a run: its usage is a part of the run's, and its state is not the run's.</summary>
    public readonly bool IsPartOfRun => _kind is { } kind && (kind.StartsWith("thread.run.step", StringComparison.Ordinal) || kind.StartsWith("thread.message", StringComparison.Ordinal));

    /// <summary>A film, whose length stands at its root.</summary>
    public readonly bool IsFilm => _kind is "video";

    /// <summary>A job that has only started: its usage is not there yet, whatever stands in its place.</summary>
    public readonly bool IsUnfinished => State is WorkState.Unfinished;

    public readonly WorkState State => _status switch
    {
        null => WorkState.None,
        // Responses and runs; batches; fine-tuning. A run that requires_action goes on when its tools have answered.
        "queued" or "in_progress" or "requires_action" or "cancelling" or "validating" or "finalizing" or "validating_files" or "running" or "paused" => WorkState.Unfinished,
        "failed" or "cancelled" or "canceled" or "expired" => WorkState.Failed,
        _ => WorkState.Done,
    };

    /// <summary>Every delta of a response is text but its sound and its pictures.</summary>
    public readonly bool DeltaIsText => _type is { } type && type.EndsWith(".delta", StringComparison.Ordinal)
        && type is not ("response.audio.delta" or "response.output_audio.delta" or "speech.audio.delta");

    /// <summary>The error's code, else its type, else its message; null where there is no error.</summary>
    public readonly string? Failure(bool isNamedError)
    {
        if (isNamedError || _type is "error")
        {
            return _errorCode ?? _looseCode ?? _errorType ?? _errorMessage ?? _looseMessage ?? "error";
        }

        // xAI: {"code": …, "error": "text"}; Mistral: {"detail": "text"}.
        return _errorCode ?? _errorType ?? (_errorMessage is null ? null : _looseCode ?? _errorMessage);
    }

    public void Set(Place place, ref Utf8JsonReader reader, int maxBytes)
    {
        switch (place)
        {
            case Place.EventType: _type = JsonText.Name(ref reader) ?? _type; break;
            case Place.ObjectKind: _kind = JsonText.Name(ref reader) ?? _kind; break;
            case Place.Status: _status = JsonText.Name(ref reader) ?? _status; break;
            case Place.ErrorCode: _errorCode = Word(ref reader) ?? _errorCode; break;
            case Place.ErrorType: _errorType = Word(ref reader) ?? _errorType; break;
            case Place.LooseCode: _looseCode = Word(ref reader) ?? _looseCode; break;
            case Place.Error or Place.ErrorMessage or Place.Detail: _errorMessage = JsonText.Start(ref reader, maxBytes) ?? _errorMessage; break;
            case Place.LooseMessage: _looseMessage = JsonText.Start(ref reader, maxBytes) ?? _looseMessage; break;
        }
    }

    /// <summary>A code may be a number in compatibles.</summary>
    private static string? Word(ref Utf8JsonReader reader) => reader.TokenType is JsonTokenType.Number
        ? System.Text.Encoding.UTF8.GetString(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, 32)])
        : JsonText.Name(ref reader);
}
