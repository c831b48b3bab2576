namespace AiGateway.Demo;

/// <summary>One call of a demo user's past, before it has a price.</summary>
/// <param name="Unit">What is paid for where it is no tokens: image, second or character; null: tokens.</param>
internal sealed record PastCall(string Action, string Model, long Input, long Output, long Cached, long Reasoning, string? Unit, long Quantity)
{
    public bool IsText => Unit is null && Output > 0;
}

/// <summary>Of which kinds calls are, how often, and how large.</summary>
/// <param name="Weight">Of a hundred calls so many are of this kind.</param>
/// <param name="CachedPercent">Of the input.</param>
/// <param name="ReasoningPercent">Of the output.</param>
internal sealed record PastKind(
    string Action, string Model, int Weight, int LeastInput, int MostInput, int LeastOutput, int MostOutput, int CachedPercent = 0, int ReasoningPercent = 0, string? Unit = null)
{
    public static readonly IReadOnlyList<PastKind> All =
    [
        new("chat", "gpt-5.1", 30, 900, 3_200, 300, 1_500, CachedPercent: 40),
        new("chat", "gpt-4o-mini", 16, 700, 2_400, 200, 900),
        new("refinement", "gpt-5.1", 18, 2_400, 6_500, 700, 2_200, CachedPercent: 55, ReasoningPercent: 25),
        new("blueprint", "gpt-5.5", 9, 5_000, 14_000, 3_000, 9_000, ReasoningPercent: 45),
        new("blueprint", "gpt-5.5-pro", 2, 6_000, 12_000, 3_000, 7_000, ReasoningPercent: 60),
        new("audio_transcription", "whisper-1", 7, 90, 1_500, 0, 0, Unit: "second"),
        new("image", "dall-e-3", 7, 1, 2, 0, 0, Unit: "image"),
        new("audio_speech", "tts-1", 4, 600, 4_200, 0, 0, Unit: "character"),
        new("embedding", "text-embedding-3-small", 5, 1_500, 16_000, 0, 0),
        new("moderation", "omni-moderation", 2, 80, 400, 0, 0),
    ];

    /// <param name="dice">Any number; the same one makes the same call.</param>
    public static PastCall Make(Dice dice)
    {
        var kind = Of(dice.Upto(100));
        var input = dice.Between(kind.LeastInput, kind.MostInput);
        if (kind.Unit is { } unit)
            return new PastCall(kind.Action, kind.Model, 0, 0, 0, 0, unit, input);
        var output = dice.Between(kind.LeastOutput, kind.MostOutput);
        return new PastCall(kind.Action, kind.Model, input, output, input * kind.CachedPercent / 100, output * kind.ReasoningPercent / 100, null, 0);
    }

    private static PastKind Of(int percent)
    {
        foreach (var kind in All)
            if ((percent -= kind.Weight) < 0)
                return kind;
        return All[0];
    }
}

/// <summary>Figures that look thrown and are the same in every run.</summary>
internal sealed class Dice(int seed)
{
    private uint _state = unchecked((uint)seed * 2_654_435_761u + 97);

    /// <returns>0 to one below <paramref name="count"/>.</returns>
    public int Upto(int count)
    {
        _state = unchecked(_state * 1_664_525u + 1_013_904_223u);
        return (int)((_state >> 8) % (uint)count);
    }

    public int Between(int least, int most) => least + Upto(most - least + 1);
}
