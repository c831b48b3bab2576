using AiGateway.Usage;

namespace AiGateway.Charging;

/// <summary>What work used that is not counted in tokens: pictures, sound, characters. Pure.</summary>
internal static class UnitRule
{
    /// <summary>Providers' own defaults, where neither the request nor the answer names them.</summary>
    private const string DefaultSize = "1024x1024";
    private const string DefaultQuality = "standard";

    /// <summary>What the answer itself says or shows; null: nothing.</summary>
    public static UnitUse? Reported(RequestFacts? facts, UsageReport usage) =>
        usage.SoundMilliseconds is > 0 and var heard ? new UnitUse(UsageUnit.AudioMillisecond, heard)
        : usage.TrainedTokens is > 0 and var trained ? new UnitUse(UsageUnit.TrainedToken, trained)
        : usage is { State: WorkState.Done, FilmMilliseconds: > 0 and var film } ? new UnitUse(UsageUnit.FilmMillisecond, film, usage.ImageSize)
        : usage.Images > 0 ? Pictures(facts, usage, usage.Images)
        : null;

    /// <summary>What can be worked out where the answer says nothing; null: this kind of call has no unit.</summary>
    public static UnitUse? Estimated(UsageFormat format, RequestFacts? facts, UsageReport usage) => format switch
    {
        UsageFormat.OpenAiSpeech when facts is { SpokenCharacters: > 0 } => new UnitUse(UsageUnit.Character, facts.SpokenCharacters),
        UsageFormat.OpenAiTranscription => new UnitUse(UsageUnit.AudioMillisecond, Sound(facts, usage)),
        // Cut behind a part of a picture.
        UsageFormat.OpenAiImages when usage.HasOtherOutput => Pictures(facts, usage, 1),
        _ => null,
    };

    private static long Sound(RequestFacts? facts, UsageReport usage) =>
        usage.CueMilliseconds is > 0 and var seen ? WholeSeconds(seen)
        : usage.OutputTextBytes > 0 ? Estimates.SoundMilliseconds(usage.OutputTextBytes)
        : Estimates.FileMilliseconds(facts?.FileBytes ?? 0);

    /// <summary>As the provider counts them.</summary>
    private static long WholeSeconds(long milliseconds) => (milliseconds + 999) / 1000 * 1000;

    private static UnitUse Pictures(RequestFacts? facts, UsageReport usage, long count) =>
        new(UsageUnit.Image, count, $"{usage.ImageSize ?? facts?.ImageSize ?? DefaultSize}/{usage.ImageQuality ?? facts?.ImageQuality ?? DefaultQuality}");
}
