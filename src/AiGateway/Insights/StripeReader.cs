using AiGateway.Storage;
using AiGateway.Storage.Tables;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Insights;

/// <param name="State">waiting, applied, parked or ignored.</param>
/// <param name="Note">Why it waits, is parked or was left alone.</param>
internal sealed record StripeEventView(string Id, string Type, string State, string? Note, string? CustomerId, int Attempts, DateTime ReceivedAt, DateTime? ClosedAt);

/// <param name="LagSeconds">How long the oldest waiting event has waited.</param>
/// <param name="ReconciledAt">When the last comparison with Stripe's lists began; null: there was none.</param>
/// <param name="ReconciledHealed">What had never arrived and was applied by it.</param>
/// <param name="ReconciledParked">What waits for an operator since.</param>
internal sealed record StripeSummary(
    int Waiting, int Parked, long LagSeconds, DateTime? LastReceivedAt, int LiveSubscriptions, int OpenDisputes, DateTime? ReconciledAt, long ReconciledHealed, long ReconciledParked);

/// <summary>What Stripe has sent, and what became of it.</summary>
internal sealed class StripeReader(IDbContextFactory<GatewayDb> database, TimeProvider time)
{
    private const int Waiting = 0, Parked = 2;

    public static readonly string[] States = ["waiting", "applied", "parked", "ignored"];

    private static readonly string[] Live = ["active", "trialing", "past_due"], Disputed = ["needs_response", "under_review"];

    /// <summary>Newest first.</summary>
    /// <param name="after">The id of the last event of the page before.</param>
    public async Task<Page<StripeEventView>> EventsAsync(string? state, string? after, int limit, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var query = db.StripeEvents.AsNoTracking();
        if (state is not null)
        {
            var number = Array.IndexOf(States, state);
            query = query.Where(e => e.State == number);
        }
        if (after is not null && await db.StripeEvents.Where(e => e.EventId == after).Select(e => (long?)e.ReceivedAt).SingleOrDefaultAsync(cancel) is { } at)
            query = query.Where(e => e.ReceivedAt < at || (e.ReceivedAt == at && string.Compare(e.EventId, after) < 0));
        var rows = await query.OrderByDescending(e => e.ReceivedAt).ThenByDescending(e => e.EventId).Take(limit + 1).ToListAsync(cancel);
        return Paging.Of(rows, limit, View, e => e.EventId);
    }

    public async Task<StripeSummary> SummaryAsync(CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var oldest = await db.StripeEvents.Where(e => e.State == Waiting).MinAsync(e => (long?)e.ReceivedAt, cancel);
        var newest = await db.StripeEvents.MaxAsync(e => (long?)e.ReceivedAt, cancel);
        var reconciled = await db.GatewayState.Where(s => s.Name.StartsWith("reconciled_")).ToDictionaryAsync(s => s.Name, s => s.Value, cancel);
        return new StripeSummary(
            await db.StripeEvents.CountAsync(e => e.State == Waiting, cancel), await db.StripeEvents.CountAsync(e => e.State == Parked, cancel),
            oldest is { } since ? Math.Max(0, (time.GetUtcNow().ToUnixTimeMilliseconds() - since) / 1000) : 0, newest is { } at ? Words.Time(at) : null,
            await db.Subscriptions.CountAsync(s => Live.Contains(s.Status), cancel), await db.PaymentClaims.CountAsync(c => Disputed.Contains(c.Status), cancel),
            reconciled.TryGetValue("reconciled_at", out var began) ? Words.Time(began) : null, reconciled.GetValueOrDefault("reconciled_healed"), reconciled.GetValueOrDefault("reconciled_parked"));
    }

    private static StripeEventView View(StripeEventRow e) =>
        new(e.EventId, e.Type, States[e.State], e.Note, e.CustomerId, e.Attempts, Words.Time(e.ReceivedAt), e.ClosedAt > 0 ? Words.Time(e.ClosedAt) : null);
}
