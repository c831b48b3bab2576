namespace AiGateway.Pipeline.Settlement;

/// <summary>Where, and with what, work is asked for that a call began. Pure.</summary>
internal static class WorkAddress
{
    /// <summary>The lists that work stands in, by the last part of their path.</summary>
    private static readonly string[] Lists = ["responses", "batches", "runs", "jobs", "videos"];

    /// <summary>Headers that decide what a provider shows, and to whom; the credential is the gateway's own.</summary>
    private static readonly string[] Kept = ["OpenAI-Beta", "OpenAI-Organization", "OpenAI-Project", "anthropic-version", "anthropic-beta"];

    private const int MaxValueLength = 128;

    /// <param name="path">The call's own, as it went up: it ends in a list, or below one (a film that is made of another).</param>
    /// <param name="threadId">Of a run that was begun together with its thread.</param>
    public static string Of(string path, string id, string? threadId)
    {
        var parts = path.TrimEnd('/').Split('/');
        var list = Array.FindLastIndex(parts, part => Lists.Contains(part, StringComparer.OrdinalIgnoreCase));
        var above = parts[..(list < 0 ? parts.Length : list + 1)];
        if (threadId is not null && above is [.., "threads", "runs"])
            above = [.. above[..^1], Uri.EscapeDataString(threadId), "runs"];
        return string.Join('/', above) + "/" + Uri.EscapeDataString(id);
    }

    /// <returns>A name and a value a line; null: none of them was sent.</returns>
    public static string? Headers(IHeaderDictionary headers)
    {
        var lines = Kept.SelectMany(name => headers[name].Where(value => value is { Length: > 0 and <= MaxValueLength }).Select(value => $"{name}: {value}"));
        return string.Join('\n', lines.Take(Kept.Length)) is { Length: > 0 } text ? text : null;
    }
}
