using AiGateway.Ledger;

namespace AiGateway.Pipeline;

/// <summary>What a caller hears whose hold was not granted.</summary>
internal static class HoldRefusal
{
    /// <param name="amount">What the hold asked for, in tokens.</param>
    /// <returns>Null: it was granted.</returns>
    public static Refusal? For(HoldAnswer answer, long amount, AdmissionOptions options, DateTimeOffset now) => answer.Outcome switch
    {
        HoldOutcome.Held => null,
        HoldOutcome.RateLimited => Refusal.RateLimitExceeded(
            options.CallLimit.Limit, TimeSpan.FromMilliseconds(options.CallLimit.PeriodMs),
            TimeSpan.FromMilliseconds(Math.Max(0, answer.WindowResetsAtMs - now.ToUnixTimeMilliseconds()))),
        HoldOutcome.Insufficient => Refusal.InsufficientTokens(answer.Standing.Balance, answer.Standing.Held, amount, options.AddTokensUrl),
        HoldOutcome.HeldByOthers => Refusal.TokensHeld(answer.Standing.Balance, answer.Standing.Held, amount),
        HoldOutcome.Suspended => Refusal.UserSuspended(),
        _ => throw new InvalidOperationException($"The request id was used before ({answer.Outcome})."),
    };
}
