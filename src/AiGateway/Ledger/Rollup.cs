using AiGateway.Storage.Tables;

namespace AiGateway.Ledger;

/// <summary>usage_daily, as increments. A correction adds to the sums under its own action, and is no call.</summary>
internal static class Rollup
{
    public static UsageDailyRow Of(TokenTransactionRow entry) => new()
    {
        Day = (int)((entry.CreatedAt - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerDay),
        AccountId = entry.AccountId,
        ActionType = entry.ActionType,
        Model = entry.OpenAiModel ?? "",
        Calls = entry.Entry == EntryNames.Usage ? 1 : 0,
        Tokens = entry.TokensUsed,
        CostNanoUsd = entry.CostNanoUsd,
        PromptTokens = entry.PromptTokens,
        CompletionTokens = entry.CompletionTokens,
        CachedTokens = entry.CachedTokens,
        ReasoningTokens = entry.ReasoningTokens,
    };

    public static UsageDailyRow Add(UsageDailyRow a, UsageDailyRow b) => a with
    {
        Calls = a.Calls + b.Calls,
        Tokens = a.Tokens + b.Tokens,
        CostNanoUsd = a.CostNanoUsd + b.CostNanoUsd,
        PromptTokens = a.PromptTokens + b.PromptTokens,
        CompletionTokens = a.CompletionTokens + b.CompletionTokens,
        CachedTokens = a.CachedTokens + b.CachedTokens,
        ReasoningTokens = a.ReasoningTokens + b.ReasoningTokens,
    };
}
