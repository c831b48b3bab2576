namespace AiGateway.Ledger;

// What can be asked of the ledger, and what it can answer. Amounts are tokens; times are Unix milliseconds, UTC.

/// <summary>Names one hold: the account's own user id and the gateway's request id (a realtime session adds <c>#n</c>).</summary>
internal readonly record struct HoldId(string UserId, string RequestId);

/// <summary>What to charge if the process dies after the call went up and nobody ever reports its usage.</summary>
/// <param name="InputTokens">Counted input, in tokens charged.</param>
/// <param name="DefaultOutputTokens">Output to presume where no checkpoint was stored, in tokens charged.</param>
/// <param name="InputNanoUsdPerMillion">Cost of a million of those input tokens, in nano-USD.</param>
/// <param name="OutputNanoUsdPerMillion">Cost of a million of those output tokens, in nano-USD.</param>
/// <param name="PriceVersion">The price list that the two rates were read from.</param>
internal sealed record PresumedUse(
    long InputTokens, long DefaultOutputTokens, long InputNanoUsdPerMillion, long OutputNanoUsdPerMillion, string? PriceVersion);

/// <summary>The hourly window's rule, as configured: at most <paramref name="Limit"/> counted calls in <paramref name="PeriodMs"/>.</summary>
internal readonly record struct CallLimit(int Limit, long PeriodMs);

/// <summary>Asks for one call's tokens. Opens the account if nobody has seen this user before.</summary>
/// <param name="CallLimit">The window to count this call in; null for a hold that does not count as a call.</param>
/// <param name="Metadata">The caller's metadata as a flat JSON object, or null.</param>
/// <param name="GoesUpAtOnce">Nothing comes between this hold and its call: it is dispatched in the same move.</param>
internal sealed record HoldRequest(
    HoldId Id, long Amount, PresumedUse Presumed, string ActionType, string? Model, string? Metadata, CallLimit? CallLimit, bool GoesUpAtOnce = false);

internal enum HoldOutcome
{
    Held,
    /// <summary>The hold exceeds the balance even with nothing in flight.</summary>
    Insufficient,
    /// <summary>The balance would do, but open holds stand in the way.</summary>
    HeldByOthers,
    RateLimited,
    Suspended,
    /// <summary>This request id holds, or held, already: nothing changed.</summary>
    AlreadyHeld,
}

/// <summary>The account as it stands after a move.</summary>
internal readonly record struct Standing(long Balance, long Held, long Allocation)
{
    public long Available => Balance - Held;
}

/// <param name="WindowCalls">Calls counted in the open window, this one included when it was held.</param>
/// <param name="WindowResetsAtMs">When the window closes; 0 where none is open.</param>
internal readonly record struct HoldAnswer(HoldOutcome Outcome, Standing Standing, int WindowCalls, long WindowResetsAtMs);

internal enum DispatchOutcome
{
    Dispatched,
    /// <summary>The hold is gone (expired, released or settled) or was never made: do not call.</summary>
    NotHeld,
}

internal enum UsageSource { Reported, Estimated, Presumed }

/// <summary>One call's actual use, already priced.</summary>
/// <param name="Tokens">Tokens to take off the balance; never negative.</param>
/// <param name="CostNanoUsd">What the provider's call cost, in nano-USD.</param>
internal sealed record Charge(
    long Tokens, long CostNanoUsd, UsageSource Source, string? Model,
    long PromptTokens, long CompletionTokens, long CachedTokens, long ReasoningTokens, string? PriceVersion);

internal enum ObjectState
{
    /// <summary>Whose it is, and nothing more.</summary>
    Owned = 0,
    /// <summary>Work goes on behind it: its usage is still to come, and to be charged to the hold of the call that began it.</summary>
    Deferred = 1,
    /// <summary>Charged, or found to cost nothing; it stays so.</summary>
    Closed = 2,
}

/// <summary>What a call leaves behind about an object that is stored at the provider. The first account to be noted owns it for good.</summary>
/// <param name="RouteId">Deferred: the route whose rules charge it.</param>
/// <param name="Path">Deferred: where to ask for it below the provider's address, with its query.</param>
/// <param name="Headers">Deferred: what to ask with, a <c>Name: value</c> a line.</param>
internal sealed record ObjectNote(string ClusterId, string ObjectId, ObjectState State, string? RouteId = null, string? Path = null, string? Headers = null);

internal enum SettleOutcome
{
    Settled,
    /// <summary>Settled before with this hold id: nothing changed.</summary>
    AlreadySettled,
    /// <summary>The sweeper had presumed a charge; the difference was booked as a correction.</summary>
    Corrected,
    /// <summary>The hold had expired unsent and was released; the actual use was charged all the same.</summary>
    SettledLate,
    /// <summary>No such hold.</summary>
    Unknown,
    /// <summary>External usage only: the source key was used before with other content. Nothing changed.</summary>
    Conflict,
}

/// <param name="Charged">Tokens charged for this hold in all; 0 where the outcome is Unknown.</param>
internal readonly record struct SettleAnswer(SettleOutcome Outcome, long Charged, Standing Standing);

internal enum ReleaseOutcome
{
    Released,
    /// <summary>The sweeper had presumed a charge; it was taken back by a correction.</summary>
    Corrected,
    AlreadyClosed,
    Unknown,
}

internal readonly record struct ReleaseAnswer(ReleaseOutcome Outcome, Standing Standing);

/// <summary>Which lots burn first: in this order, and within one kind the soonest to expire.</summary>
internal enum LotKind { Trial = 0, Promo = 1, Subscription = 2, Pack = 3 }

/// <summary>Adds tokens. <paramref name="SourceKey"/> makes it happen once, for ever.</summary>
/// <param name="ActionType">subscription_grant, renewal_grant, token_pack, trial_grant, promo_grant, refund, adjustment, …</param>
/// <param name="PeriodStartMs">Start of the paid period, where the grant opens one.</param>
internal sealed record GrantRequest(
    string UserId, long Tokens, LotKind Kind, string ActionType, string SourceKey,
    long? ExpiresAtMs = null, long? PeriodStartMs = null, long? PeriodEndMs = null, string? Metadata = null);

internal enum GrantOutcome
{
    Granted,
    AlreadyGranted,
    /// <summary>The source key was used before with other content: nothing changed.</summary>
    Conflict,
}

internal readonly record struct GrantAnswer(GrantOutcome Outcome, long LotId, Standing Standing);

/// <summary>Takes free tokens away (an operator's correction). Idempotent by source key.</summary>
internal sealed record RemovalRequest(string UserId, long Tokens, string ActionType, string SourceKey, string? Metadata = null);

/// <summary>Takes back what one grant gave: first what is left of that lot, the rest off the balance, which may end below zero.</summary>
/// <param name="Tokens">How much; never more than granted - expired - clawed back before is taken.</param>
internal sealed record ClawbackRequest(string LotSourceKey, long Tokens, string ActionType, string SourceKey, string? Metadata = null);

internal enum RemovalOutcome
{
    Removed,
    AlreadyRemoved,
    Conflict,
    /// <summary>More than the free balance: nothing changed.</summary>
    Insufficient,
    /// <summary>No such user or lot.</summary>
    Unknown,
}

internal readonly record struct RemovalAnswer(RemovalOutcome Outcome, long Removed, Standing Standing);

/// <summary>Work that did not go through the proxy, charged by its app. Idempotent by source key; the balance may end below zero.</summary>
internal sealed record ExternalUsage(string UserId, string ActionType, string SourceKey, Charge Charge, string? Metadata);

/// <summary>One row of an older ledger.</summary>
/// <param name="Id">Its own id; null: it gets one.</param>
/// <param name="Key">Tells the row from the account's others; part of its source key.</param>
/// <param name="Entry">usage, grant, removal or correction.</param>
/// <param name="TokensUsed">Positive for deductions, negative for grants.</param>
internal sealed record ImportedRow(
    Guid? Id, string Key, string Entry, string ActionType, long TokensUsed, long CostNanoUsd, string? Model, long PromptTokens, long CompletionTokens,
    string? Metadata, long CreatedAtMs)
{
    public long CachedTokens { get; init; }
    public long ReasoningTokens { get; init; }
    public string? UsageSource { get; init; }
    public string? RequestId { get; init; }
    public string? PriceVersion { get; init; }
}

/// <summary>An account's history, in the order of its time, for an account that has no row yet.</summary>
/// <param name="OpeningBalance">What the account had before the first row; below zero: what it owed.</param>
/// <param name="SourceKey">Makes it happen once, for ever.</param>
/// <param name="Period">The paid period that runs; null: none does, and the UTC month counts.</param>
internal sealed record ImportRequest(string UserId, string SourceKey, long OpeningBalance, IReadOnlyList<ImportedRow> Rows, ImportedPeriod? Period = null);

/// <summary>A subscription's period that a history ends in.</summary>
/// <param name="GrantKey">The row that it was paid with: its lot ends with the period.</param>
/// <param name="ExpiresAtMs">When what is left of that lot ends: the period's end and what grace comes after it.</param>
internal sealed record ImportedPeriod(string GrantKey, long StartMs, long EndMs, long ExpiresAtMs);

internal enum ImportOutcome
{
    Imported,
    AlreadyImported,
    /// <summary>The source key was used before with other content: nothing changed.</summary>
    Conflict,
    /// <summary>The account has rows already, so that a history can no longer stand before them: nothing changed.</summary>
    NotEmpty,
}

/// <param name="Rows">Ledger rows booked, the opening one included; 0 where nothing was.</param>
internal readonly record struct ImportAnswer(ImportOutcome Outcome, long Rows, Standing Standing);

internal enum AccountStatus
{
    Active = 0,
    Suspended = 1,
    /// <summary>An audit found its books broken: no call goes up until an operator has looked. Whoever is suspended already stays so.</summary>
    Frozen = 2,
}

/// <summary>The ledger cannot be reached, or cannot write: no call may go up.</summary>
internal sealed class LedgerUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
