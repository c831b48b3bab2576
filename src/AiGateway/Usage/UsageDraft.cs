using System.Text.Json;

namespace AiGateway.Usage;

/// <summary>One usage object while it is read, in the words of OpenAI's APIs and of those that speak like them.</summary>
internal sealed class UsageDraft
{
    /// <summary>No call uses more; a larger figure is no count, and checked sums must not break on it.</summary>
    public const long MaxTokens = 1_000_000_000_000;

    // Made when something is first said: of an answer's four drafts usually one is written to, and each is half a kilobyte.
    private long?[] _values = [];

    public void Clear() => Array.Clear(_values);

    /// <summary>Takes over what the other one says, field by field: what it leaves out stays.</summary>
    public void Overlay(UsageDraft later)
    {
        for (var at = 0; at < later._values.Length; at++)
        {
            if (later._values[at] is { } count)
            {
                Values()[at] = count;
            }
        }
    }

    public long? this[Place place] => _values.Length == 0 ? null : _values[place - Place.Usage];

    public void Set(Place place, ref Utf8JsonReader reader)
    {
        if ((place is Place.Milliseconds ? JsonNumber.Milliseconds(ref reader) : Count(ref reader)) is { } count)
        {
            Set(place, count);
        }
    }

    public void Set(Place place, long count)
    {
        // Some servers say the cached tokens in two places; the larger is the one that is filled.
        ref var value = ref Values()[place - Place.Usage];
        value = place is Place.Cached && value > count ? value : count;
    }

    /// <summary>What the object says in our one meaning; null where it counts no tokens.</summary>
    public TokenCounts? ToCounts()
    {
        var cached = this[Place.Cached] ?? this[Place.CacheReadBeside];
        var written = this[Place.CacheWrite] ?? this[Place.CacheWriteBeside];
        var input = Input();
        var output = this[Place.OutputTokens] ?? GeminiOutput() ?? (this[Place.TotalTokens] is { } total && total >= input ? total - input : null);
        // Gemini leaves zeros out: where it counts the prompt and nothing else, nothing came out.
        output ??= this[Place.Prompt] is null ? null : 0;
        input ??= GeminiOutput() is { } made && this[Place.TotalTokens] >= made ? this[Place.TotalTokens] - made : null;
        if (input is null && output is null)
        {
            return null;
        }

        var counts = new TokenCounts
        {
            Input = input, CacheRead = cached, CacheWrite = written, Output = output,
            CacheWriteOneHour = this[Place.CacheWriteOneHour], Reasoning = this[Place.Reasoning] ?? this[Place.Thoughts],
            InputAudio = this[Place.InputAudio], InputImage = this[Place.InputImage],
            CacheReadAudio = this[Place.CachedAudio], CacheReadImage = this[Place.CachedImage],
            OutputAudio = this[Place.OutputAudio], OutputImage = this[Place.OutputImage],
        };
        return Excess(counts) is > 0 and var excess ? WithExcess(counts, excess) : counts;
    }

    private long?[] Values() => _values.Length > 0 ? _values : _values = new long?[Place.OutputImage - Place.Usage + 1];

    /// <summary>Anthropic's words: <c>cache_read_input_tokens</c> stands beside <c>input_tokens</c>, not in it.</summary>
    private long? Input() =>
        this[Place.InputTokens] ?? (this[Place.Prompt] + (this[Place.ToolPrompt] ?? 0)) ?? this[Place.InputTokensBesideCache] + (this[Place.Cached] is null && this[Place.CacheWrite] is null
            ? (this[Place.CacheReadBeside] ?? 0) + (this[Place.CacheWriteBeside] ?? 0)
            : 0);

    /// <summary>Gemini's words: what was thought stands beside what was said.</summary>
    private long? GeminiOutput() => this[Place.Candidates] is null && this[Place.Thoughts] is null
        ? null
        : (this[Place.Candidates] ?? 0) + (this[Place.Thoughts] ?? 0);

    /// <summary>How far the total exceeds input and output: something was used that neither of the two counts.</summary>
    private long? Excess(TokenCounts counts) => this[Place.TotalTokens] - counts.Input - counts.Output;

    private TokenCounts WithExcess(TokenCounts counts, long excess)
    {
        // 1. xAI's chat leaves the reasoning out of completion_tokens.
        if (excess == counts.Reasoning)
        {
            return counts with { Output = counts.Output + excess };
        }

        // 2. Mistral leaves the audio out of prompt_tokens; some compatibles leave out what the cache gave.
        if (this[Place.AudioSeconds] > 0 || excess == counts.InputAudio)
        {
            return counts with { Input = counts.Input + excess, InputAudio = counts.InputAudio is > 0 ? counts.InputAudio : excess };
        }

        if (excess == (counts.CacheRead ?? 0) + (counts.CacheWrite ?? 0))
        {
            return counts with { Input = counts.Input + excess };
        }

        // 3. Gemini's compatible endpoint shows its thinking in the total only.
        return counts with { Output = counts.Output + excess };
    }

    private static long? Count(ref Utf8JsonReader reader) => JsonNumber.Count(ref reader, MaxTokens);
}
