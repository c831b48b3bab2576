namespace AiGateway.Pricing;

/// <summary>
/// A sum of costs kept exact, as a whole number of <see cref="PartsPerNano"/>ths of a nano-USD, and rounded once, up, at the end.
/// The parts divide every rate we know: per 1M tokens or characters, per 1,000 calls, per minute of 60,000 ms, each times thousandths of a tier.
/// </summary>
internal sealed class Cost
{
    public const long WholePermille = 1000;

    public const long TokensPerRate = 1_000_000;
    public const long CallsPerRate = 1_000;
    public const long MillisecondsPerRate = 60_000;
    public const long MillisecondsPerSecond = 1_000;

    // The least common multiple of 1,000,000 and 60,000, times the thousandths.
    private const long PartsPerNano = 3_000_000 * WholePermille;

    private Int128 _parts;

    /// <summary>Adds quantity × rate ÷ unitsPerRate × permille ÷ 1000 and says what that alone comes to.</summary>
    /// <param name="unitsPerRate">How many units the rate is for; one of the constants above, or 1.</param>
    /// <returns>This part's nano-USD, rounded up: for display, the total is not the sum of these.</returns>
    /// <exception cref="OverflowException">The cost does not fit: no count of a real answer comes near.</exception>
    public long Add(long quantity, long nanoUsdPerRate, long unitsPerRate, long permille)
    {
        var parts = checked((Int128)quantity * nanoUsdPerRate * permille * (PartsPerNano / WholePermille / unitsPerRate));
        _parts = checked(_parts + parts);
        return RoundUp(parts);
    }

    public long NanoUsd => RoundUp(_parts);

    private static long RoundUp(Int128 parts) => checked((long)((parts + PartsPerNano - 1) / PartsPerNano));
}
