using AiGateway.Storage.Tables;

namespace AiGateway.Ledger;

/// <summary>The ledger's only money arithmetic: exact, in nano-USD.</summary>
internal static class Costs
{
    /// <summary>A call that turned out to have cost nothing.</summary>
    public static readonly Charge Nothing = new(0, 0, UsageSource.Reported, null, 0, 0, 0, 0, null);

    private const long NanoPerMicro = 1000, MicroPerUsd = 1_000_000;

    /// <summary>Nano-USD as USD with six places, half away from zero.</summary>
    public static decimal Usd(long nanoUsd) =>
        decimal.Round((decimal)nanoUsd / NanoPerMicro, 0, MidpointRounding.AwayFromZero) / MicroPerUsd;

    /// <summary>
    /// What to charge for a call that went up and was never heard of again: its input and the output that was checkpointed;
    /// without a checkpoint its input and the presumed output, but no more than it held.
    /// </summary>
    /// <exception cref="OverflowException">The figures do not fit; asked at the hold already, so that the sweeper never meets it.</exception>
    public static Charge Presumed(TokenHoldRow hold)
    {
        var seen = hold.SeenOutput >= 0;
        var tokens = seen ? hold.PresumedInput + hold.SeenOutput : Math.Min(hold.Amount, hold.PresumedInput + hold.PresumedOutput);
        var input = Math.Min(hold.PresumedInput, tokens);
        return new Charge(tokens, NanoUsd(hold, input, tokens - input), UsageSource.Presumed, hold.Model, input, tokens - input, 0, 0, hold.PriceVersion);
    }

    /// <summary>Rounded up, once: a presumed cost is never below the price list's.</summary>
    private static long NanoUsd(TokenHoldRow hold, long input, long output)
    {
        const int ratesArePer = 1_000_000;
        var exact = (Int128)input * hold.InputNanoUsdPerMillion + (Int128)output * hold.OutputNanoUsdPerMillion;
        return checked((long)((exact + ratesArePer - 1) / ratesArePer));
    }
}
