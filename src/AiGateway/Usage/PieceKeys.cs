using System.Text.Json;

namespace AiGateway.Usage;

/// <summary>What a member of a message, item or part is to the model.</summary>
internal enum PieceKey
{
    Unknown,
    Type,
    Role,
    /// <summary>Text, or what holds text.</summary>
    Text,
    /// <summary>A file in place, or where it lies: Gemini's parts, which have no type.</summary>
    Inline,
    /// <summary>Ids, names and settings.</summary>
    Silent,
}

/// <summary>What a piece is by its <c>type</c>.</summary>
internal enum PieceKind { Untyped, Text, Image, Audio, File, Unknown }

/// <summary>The members and types of messages, items and parts.</summary>
internal static class PieceKeys
{
    public static PieceKey Of(ReadOnlySpan<byte> key) => key.Length switch
    {
        2 when key.SequenceEqual("id"u8) => PieceKey.Silent,
        4 when key.SequenceEqual("type"u8) => PieceKey.Type,
        4 when key.SequenceEqual("role"u8) => PieceKey.Role,
        4 when key.SequenceEqual("text"u8) || key.SequenceEqual("code"u8) => PieceKey.Text,
        4 when key.SequenceEqual("name"u8) => PieceKey.Silent,
        5 when key.SequenceEqual("input"u8) => PieceKey.Text,
        5 when key.SequenceEqual("model"u8) => PieceKey.Silent,
        5 when key.SequenceEqual("phase"u8) || key.SequenceEqual("index"u8) => PieceKey.Silent,
        5 when key.SequenceEqual("parts"u8) => PieceKey.Text,
        6 when key.SequenceEqual("output"u8) || key.SequenceEqual("custom"u8) => PieceKey.Text,
        6 when key.SequenceEqual("status"u8) || key.SequenceEqual("detail"u8) || key.SequenceEqual("object"u8) => PieceKey.Silent,
        7 when key.SequenceEqual("content"u8) || key.SequenceEqual("refusal"u8) || key.SequenceEqual("summary"u8) => PieceKey.Text,
        7 when key.SequenceEqual("call_id"u8) => PieceKey.Silent,
        8 when key.SequenceEqual("function"u8) || key.SequenceEqual("thinking"u8) => PieceKey.Text,
        8 when key.SequenceEqual("fileData"u8) => PieceKey.Inline,
        9 when key.SequenceEqual("file_data"u8) => PieceKey.Inline,
        10 when key.SequenceEqual("inlineData"u8) => PieceKey.Inline,
        11 when key.SequenceEqual("inline_data"u8) => PieceKey.Inline,
        9 when key.SequenceEqual("arguments"u8) || key.SequenceEqual("reasoning"u8) => PieceKey.Text,
        10 when key.SequenceEqual("tool_calls"u8) => PieceKey.Text,
        12 when key.SequenceEqual("tool_call_id"u8) => PieceKey.Silent,
        13 when key.SequenceEqual("function_call"u8) => PieceKey.Text,
        13 when key.SequenceEqual("cache_control"u8) => PieceKey.Silent,
        17 when key.SequenceEqual("reasoning_content"u8) || key.SequenceEqual("encrypted_content"u8) => PieceKey.Text,
        _ => PieceKey.Unknown,
    };

    public static PieceKind Kind(ref Utf8JsonReader reader) => JsonText.Name(ref reader) switch
    {
        "text" or "input_text" or "output_text" or "refusal" or "summary_text" or "reasoning_text" or "thinking" => PieceKind.Text,
        "message" or "function" or "custom" or "content" => PieceKind.Text,
        "function_call" or "function_call_output" or "custom_tool_call" or "custom_tool_call_output" or "reasoning" => PieceKind.Text,
        "item_reference" or "computer_call_output" => PieceKind.Text,
        "image_url" or "input_image" or "image" or "computer_screenshot" or "image_generation_call" => PieceKind.Image,
        "input_audio" or "audio" or "audio_url" => PieceKind.Audio,
        "file" or "input_file" or "document" => PieceKind.File,
        _ => PieceKind.Unknown,
    };
}
