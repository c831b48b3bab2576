using System.Globalization;
using System.Text.Json;
using AiGateway.Storage.Tables;

namespace AiGateway.Insights;

/// <summary>A page of a list: keyset, so that it stays right while rows are added. <paramref name="After"/> goes into the next call.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Data, bool HasMore, string? After);

/// <summary>A row of token_transactions as the API gives it; names as in the table.</summary>
internal sealed record TransactionView(
    Guid Id, string UserId, string Entry, string ActionType, long TokensUsed, long TokensRemaining, string EstimatedCostUsd, string? OpenaiModel,
    long PromptTokens, long CompletionTokens, long CachedTokens, long ReasoningTokens, string? UsageSource, string? RequestId, string? SourceKey,
    string? PriceVersion, JsonElement? Metadata, long Seq, long CostNanoUsd, DateTime CreatedAt)
{
    /// <summary>Stands before the source keys of reported usage, so that no app can use up the key of a payment to come. Whoever chose the key sees it as he chose it.</summary>
    public const string ReportedKeyPrefix = "usage:";

    public static TransactionView Of(TokenTransactionRow row) => new(
        row.Id, row.UserId, row.Entry, row.ActionType, row.TokensUsed, row.TokensRemaining,
        row.EstimatedCostUsd.ToString("0.000000", CultureInfo.InvariantCulture), row.OpenAiModel,
        row.PromptTokens, row.CompletionTokens, row.CachedTokens, row.ReasoningTokens, row.UsageSource, row.RequestId, ChosenKey(row.SourceKey),
        row.PriceVersion, Json(row.Metadata), row.Seq, row.CostNanoUsd, row.CreatedAt);

    private static string? ChosenKey(string? key) =>
        key?.StartsWith(ReportedKeyPrefix, StringComparison.Ordinal) == true ? key[ReportedKeyPrefix.Length..] : key;

    private static JsonElement? Json(string? metadata) => metadata is null ? null : JsonElement.Parse(metadata);
}

/// <summary>What a user has. Tokens; times UTC.</summary>
/// <param name="Status">ok, low or depleted.</param>
internal sealed record BalanceView(
    string UserId, long Balance, long Held, long Available, long Allocation, long UsedInPeriod, DateTime ResetsAt, bool RenewalPending, string Status, string? Plan);

/// <param name="Status">active or suspended.</param>
internal sealed record UserView(string UserId, string Status, long Balance, long Held, long Allocation, DateTime CreatedAt);

/// <summary>Which users are wanted; null: all.</summary>
/// <param name="Query">A part of the id, whatever its case.</param>
internal sealed record UserFilter(string? Query, string? Status);

internal sealed record HoldView(
    string RequestId, string UserId, string State, long Tokens, long Charged, string ActionType, string? Model, DateTime CreatedAt, DateTime ExpiresAt);

/// <summary>One call from hold to charge.</summary>
internal sealed record RequestView(
    string RequestId, string UserId, string State, string ActionType, string? Model, long TokensHeld, long TokensUsed, string? UsageSource,
    DateTime CreatedAt, IReadOnlyList<TransactionView> Transactions)
{
    /// <summary>Its charge, if any, is still to come.</summary>
    public bool IsOpen => State is "held" or "dispatched";
}

/// <summary>The ledger's numbers for states, as words.</summary>
internal static class Words
{
    private static readonly string[] HoldStates = ["held", "dispatched", "settled", "released", "expired", "presumed"];

    private static readonly string[] AccountStatuses = ["active", "suspended", "frozen"];
    private static readonly string[] LotKinds = ["trial", "promo", "subscription", "pack"];

    public static string HoldState(int state) => HoldStates[state];

    public static string LotKind(int priority) => LotKinds[priority];

    public static string AccountStatus(int status) => AccountStatuses[status];

    /// <returns>-1: the word is none of ours.</returns>
    public static int AccountStatus(string status) => Array.IndexOf(AccountStatuses, status);

    /// <summary>Nano-USD as an exact decimal of nine places.</summary>
    public static string Usd(long nanoUsd) => (nanoUsd / 1_000_000_000m).ToString("0.000000000", CultureInfo.InvariantCulture);

    public static DateTime Time(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs).UtcDateTime;
}
