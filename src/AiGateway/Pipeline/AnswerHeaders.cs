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
        WriteStanding(headers, call.Standing, call.BalanceStatus);
    }

    /// <summary>On a JSON answer that waited for its charge.</summary>
    public static void AfterCharge(IHeaderDictionary headers, long charged, UsageSource source, Standing standing, string status)
    {
        headers[CallHeaders.TokensUsed] = Text(charged);
        headers[CallHeaders.UsageSource] = UsageSourceName(source);
        WriteStanding(headers, standing, status);
    }

    /// <summary>The same numbers as one comment inside a stream.</summary>
    public static string AsComment(long charged, Standing standing, string status) =>
        $"aigateway {{\"tokens_used\":{Text(charged)},\"tokens_remaining\":{Text(standing.Balance)},\"status\":\"{status}\"}}";

    public static string UsageSourceName(UsageSource source) => source switch
    {
        UsageSource.Reported => "reported",
        UsageSource.Estimated => "estimated",
        UsageSource.Presumed => "presumed",
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, "A usage source without a name."),
    };

    private static void WriteStanding(IHeaderDictionary headers, Standing standing, string status)
    {
        headers[CallHeaders.TokensRemaining] = Text(standing.Balance);
        headers[CallHeaders.BalanceStatus] = status;
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
