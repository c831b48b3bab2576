using AiGateway.Ledger;
using AiGateway.Pricing;
using AiGateway.Routes;
using AiGateway.Usage;

namespace AiGateway.Charging;

/// <summary>
/// Ends deferred work that was seen at its end, by whoever saw it first: it is charged to the hold of the call that began it, which
/// can be settled once only.
/// </summary>
internal sealed class DeferredSettlement(Bookkeeper ledger, IPriceBookSource prices, TimeProvider time)
{
    /// <param name="status">The HTTP status of the answer that tells of it.</param>
    public async Task CloseAsync(DeferredItem item, MeteredRoute route, int status, UsageReport usage, CancellationToken cancel)
    {
        IReadOnlyList<ObjectNote> closed = [new ObjectNote(item.ClusterId, item.ObjectId, ObjectState.Closed)];
        if (ChargeRule.For(Work(item, route, status, usage), prices.Current, time.GetUtcNow()) is { } charge)
            await ledger.SettleAsync(item.Hold, charge, cancel, closed);
        else
            await ledger.ReleaseAsync(item.Hold, cancel, closed);
    }

    /// <summary>What failed before it produced anything costs nothing, like an answer that broke off.</summary>
    private static AnsweredWork Work(DeferredItem item, MeteredRoute route, int status, UsageReport usage) => new()
    {
        // The flat figure is the one that was held, whatever the route says by now.
        Route = HoldEstimate.IsFlat(route.Format) ? route with { FlatTokens = item.HeldTokens } : route,
        Usage = usage, Status = status, IsCut = usage.State == WorkState.Failed,
        AskedModel = item.Model, LikelyInput = item.PresumedInput, HeldTokens = item.HeldTokens,
    };
}
