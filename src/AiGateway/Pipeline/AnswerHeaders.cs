using System.Globalization;
using AiGateway.Ledger;

namespace AiGateway.Pipeline;

/// <summary>The numbers that ride on an answer's headers.</summary>
internal static class AnswerHeaders
{
    /// <summary>Before a stream or a large answer begins: what is held, and the balance as it stands.</summary>
    public static void AtStart(IHeaderDictionary headers, MeteredCall call, bool withHold)
    {
        if (call.Hold is null)
            return;
        if (withHold)
            headers[CallHeaders.TokensHeld] = Text(call.HeldTokens);
        WriteStanding(headers, call.Standing);
    }

    /// <summary>On a JSON answer that waited for its charge.</summary>
    public static void AfterCharge(IHeaderDictionary headers, long charged, UsageSource source, Standing standing)
    {
        headers[CallHeaders.TokensUsed] = Text(charged);
        headers[CallHeaders.UsageSource] = UsageSourceName(source);
        WriteStanding(headers, standing);
    }

    public static string UsageSourceName(UsageSource source) => source switch
    {
        UsageSource.Reported => "reported",
        UsageSource.Estimated => "estimated",
        UsageSource.Presumed => "presumed",
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, "A usage source without a name."),
    };

    private static void WriteStanding(IHeaderDictionary headers, Standing standing)
    {
        headers[CallHeaders.TokensRemaining] = Text(standing.Balance);
        headers[CallHeaders.BalanceStatus] = StatusName(standing);
    }

    /// <summary>low: below a tenth of what was granted; depleted: nothing left.</summary>
    public static string StatusName(Standing standing) =>
        standing.Balance <= 0 ? "depleted" : (Int128)standing.Balance * 10 < standing.Allocation ? "low" : "ok";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
