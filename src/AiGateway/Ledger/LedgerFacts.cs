using System.Collections.Immutable;
using AiGateway.Storage.Tables;

namespace AiGateway.Ledger;

/// <summary>What the core may know when it decides: the rows that a command concerns, as they are now.</summary>
/// <param name="Account">Null: nobody has seen this user before.</param>
/// <param name="FreshAccountId">The number that a new account would get.</param>
/// <param name="Lots">In burn order; default where <see cref="LedgerCore.NeedsLots"/> did not ask for them.</param>
/// <param name="FreshLotId">The number that a new lot would get.</param>
internal sealed record LedgerFacts(
    AccountRow? Account, long FreshAccountId, TokenHoldRow? Hold, ImmutableArray<TokenLotRow> Lots, long FreshLotId, SourceKeyRow? SourceKey)
{
    /// <summary>Numbers for as many new lots as a history brings along; empty for every other move.</summary>
    public IReadOnlyList<long> FreshLotIds { get; init; } = [];
}

/// <param name="HoldExpiryMs">How long a hold lives without a sign of life.</param>
internal readonly record struct LedgerLimits(long HoldExpiryMs);

/// <summary>What the core decided: the rows as they shall be, and the answer. Rows equal to the facts' did not change.</summary>
internal sealed record Decision(
    AccountRow? Account, TokenHoldRow? Hold, ImmutableArray<TokenLotRow> Lots, IReadOnlyList<TokenTransactionRow> Entries,
    SourceKeyRow? SourceKey, object Answer)
{
    /// <summary>Notes on objects at the provider, new or not.</summary>
    public IReadOnlyList<ProviderObjectRow> Objects { get; init; } = [];
}

/// <summary>token_holds.state.</summary>
internal enum HoldState
{
    Held = 0,
    Dispatched = 1,
    Settled = 2,
    Released = 3,
    /// <summary>Ran out unsent, and was released.</summary>
    Expired = 4,
    /// <summary>Ran out after dispatch, and was charged by presumption.</summary>
    Presumed = 5,
}

/// <summary>The names that the public table uses.</summary>
internal static class EntryNames
{
    public const string Usage = "usage", Grant = "grant", Removal = "removal", Correction = "correction";
    public const string Expiry = "expiry", SubscriptionGrant = "subscription_grant", RenewalGrant = "renewal_grant";

    public static string Of(UsageSource source) => source switch
    {
        UsageSource.Reported => "reported",
        UsageSource.Estimated => "estimated",
        UsageSource.Presumed => "presumed",
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };
}
