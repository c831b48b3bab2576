using System.IO.Compression;

namespace AiGateway.Pipeline;

/// <summary>Takes the compression off a copy of an answer, for looking at it: what is passed on stays as it came.</summary>
internal static class ContentCoding
{
    /// <summary>One is usual; a longer chain is somebody's joke.</summary>
    private const int MostCodings = 3;

    public static bool IsPlain(string? codings) => string.IsNullOrEmpty(codings) || codings.Equals("identity", StringComparison.OrdinalIgnoreCase);

    /// <param name="codings">The value of Content-Encoding: in the order in which they were applied.</param>
    /// <returns>Null: there is one among them that is not known here.</returns>
    public static Func<Stream, Stream>? DecoderOf(string codings)
    {
        var steps = codings.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Reverse().Select(Step).ToList();
        return steps.Count > MostCodings || steps.Contains(null) ? null
            : encoded => steps.Aggregate(encoded, (stream, step) => step is null ? stream : step(stream));
    }

    private static Func<Stream, Stream>? Step(string coding) => coding.ToLowerInvariant() switch
    {
        "gzip" or "x-gzip" => stream => new GZipStream(stream, CompressionMode.Decompress),
        "deflate" => stream => new ZLibStream(stream, CompressionMode.Decompress),
        "br" => stream => new BrotliStream(stream, CompressionMode.Decompress),
        "zstd" => stream => new ZstdSharp.DecompressionStream(stream),
        "identity" => stream => stream,
        _ => null,
    };
}
