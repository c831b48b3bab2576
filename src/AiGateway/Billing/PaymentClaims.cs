using AiGateway.Ledger;
using AiGateway.Storage.Tables;
using Stripe;

namespace AiGateway.Billing;

/// <summary>
/// Money that went back, and money that is fought over. Each claim is written down as it stands, known payment or not; what a lot loses
/// follows from all claims on its payment together, so neither order nor repeats matter, and nothing is taken twice.
/// </summary>
internal sealed class PaymentClaims(BillingStore store, IStripeSide side, Bookkeeper ledger)
{
    public const string Refund = "refund", Dispute = "dispute";
    private const string Succeeded = "succeeded";

    /// <summary>Stripe's words for a dispute that is not decided.</summary>
    public static readonly string[] OpenWords = ["needs_response", "under_review"];

    public async Task<EventVerdict> RefundedAsync(Refund told, CancellationToken cancel)
    {
        var fresh = await side.RefundAsync(told.Id, cancel);
        return await ClaimedAsync(Refund, fresh ?? told, told.Id, (fresh ?? told).PaymentIntentId, (fresh ?? told).Amount, (fresh ?? told).Status, fresh is not null, cancel);
    }

    public async Task<EventVerdict> DisputedAsync(Dispute told, CancellationToken cancel)
    {
        var fresh = await side.DisputeAsync(told.Id, cancel);
        return await ClaimedAsync(Dispute, fresh ?? told, told.Id, (fresh ?? told).PaymentIntentId, (fresh ?? told).Amount, (fresh ?? told).Status, fresh is not null, cancel);
    }

    /// <summary>Remembers which payment paid which invoice: a refund that came first has been waiting for it.</summary>
    public async Task<EventVerdict> LinkedAsync(InvoicePayment payment, CancellationToken cancel)
    {
        if (payment.Payment?.PaymentIntentId is not { } intent || payment.InvoiceId is not { } invoice)
            return EventVerdict.Ignored("it was not paid by a payment intent");
        await store.LinkInvoiceAsync(invoice, intent, cancel);
        await SettleIntentAsync(intent, null, cancel);
        return EventVerdict.Applied;
    }

    /// <summary>Brings a lot to what all claims on its payment leave of it.</summary>
    /// <param name="because">The claim that was just heard of; null: the payment itself was.</param>
    public async Task SettleAsync(PaymentRow payment, string? because, CancellationToken cancel)
    {
        var claims = await store.ClaimsOnAsync(payment, cancel);
        if (claims.Count == 0)
            return;
        var refunded = Share(payment, claims.Where(c => c.Kind == Refund && c.Status == Succeeded).Sum(c => c.Amount));
        var dispute = claims.Where(c => c.Kind == Dispute).OrderByDescending(c => StandOf(c.Status)).FirstOrDefault(c => StandOf(c.Status) != DisputeStand.Inquiry);
        var cause = because ?? claims[0].Id;
        switch (dispute is null ? DisputeStand.Won : StandOf(dispute.Status))
        {
            case DisputeStand.Lost:
                await TakeAsync(payment, payment.Tokens, TakeBackMode.Exactly, Dispute, $"dp:{dispute?.Id}:lost", cancel);
                break;
            case DisputeStand.Open:
                await TakeAsync(payment, refunded, TakeBackMode.AtLeast, Refund, $"re:{cause}", cancel);
                await TakeAsync(payment, payment.Tokens, TakeBackMode.UnusedOnly, Dispute, $"dp:{dispute?.Id}:freeze", cancel);
                break;
            case DisputeStand.Won:
            case DisputeStand.Inquiry:
                var isRelease = cause == dispute?.Id;
                await TakeAsync(payment, refunded, TakeBackMode.Exactly, isRelease ? Dispute : Refund, isRelease ? $"dp:{cause}:release" : $"re:{cause}", cancel);
                break;
            default:
                throw new InvalidOperationException("No rule for this dispute.");
        }
    }

    public static DisputeStand StandOf(string status) => status switch
    {
        "needs_response" or "under_review" => DisputeStand.Open,
        "won" => DisputeStand.Won,
        "lost" => DisputeStand.Lost,
        _ => DisputeStand.Inquiry,
    };

    private async Task<EventVerdict> ClaimedAsync(
        string kind, IHasId claim, string id, string? intent, long amount, string? status, bool isFresh, CancellationToken cancel)
    {
        if (intent is null || status is null)
            return EventVerdict.Ignored($"the {claim.Id} names no payment intent");
        if (isFresh || await store.ClaimAsync(id, cancel) is not { Status: "failed" or "canceled" or "won" or "lost" })
            await store.SaveAsync(new PaymentClaimRow { Id = id, Kind = kind, PaymentIntentId = intent, Amount = amount, Status = status }, cancel);
        if ((await store.PaymentsOfIntentAsync(intent, cancel)).Count == 0)
            foreach (var invoice in await side.InvoicesOfAsync(intent, cancel))
                await store.LinkInvoiceAsync(invoice, intent, cancel);
        await SettleIntentAsync(intent, id, cancel);
        return EventVerdict.Applied;
    }

    private async Task SettleIntentAsync(string intent, string? because, CancellationToken cancel)
    {
        foreach (var payment in await store.PaymentsOfIntentAsync(intent, cancel))
            await SettleAsync(payment, because, cancel);
    }

    /// <summary>floor(granted × refunded ÷ charged): over partial refunds it runs on, so that their roundings never add up to a token.</summary>
    private static long Share(PaymentRow payment, long refunded) =>
        payment.Charged <= 0 ? 0 : (long)((Int128)payment.Tokens * Math.Min(refunded, payment.Charged) / payment.Charged);

    private Task TakeAsync(PaymentRow payment, long total, TakeBackMode mode, string action, string key, CancellationToken cancel) =>
        ledger.TakeBackAsync(new TakeBackRequest(payment.SourceKey, total, mode, action, key), cancel);
}
