using System.Runtime.CompilerServices;
using AiGateway.Storage;
using Stripe;
using Stripe.Checkout;

namespace AiGateway.Billing;

/// <summary>What a look at Stripe's lists found.</summary>
/// <param name="Looked">Objects seen.</param>
/// <param name="Healed">Those whose effect was missing and is there now.</param>
/// <param name="Parked">Those that wait for an operator, with the reason.</param>
internal sealed record Reconciled(int Looked, IReadOnlyList<string> Healed, IReadOnlyList<string> Parked);

/// <summary>Events can be lost for good, as by an endpoint switched off for days; Stripe's lists are not. Every fact in them goes through the same handlers.</summary>
internal sealed class Reconciliation(StripeClient client, EventHandlers handlers, BillingStore store, Connections database, TimeProvider time)
{
    private const int PageSize = 100;

    private const string AtName = "reconciled_at", HealedName = "reconciled_healed", ParkedName = "reconciled_parked";

    public async Task<Reconciled> RunAsync(int days, CancellationToken cancel)
    {
        var started = time.GetUtcNow();
        try
        {
            var done = await LookAsync(started.UtcDateTime.AddDays(-days), cancel);
            // The time last: whoever sees it sees the figures that belong to it.
            await SetAsync(HealedName, done.Healed.Count, cancel);
            await SetAsync(ParkedName, done.Parked.Count, cancel);
            await SetAsync(AtName, started.ToUnixTimeMilliseconds(), cancel);
            return done;
        }
        catch (Exception refused) when (CheckoutUnavailableException.IsOf(refused) && !cancel.IsCancellationRequested)
        {
            throw new CheckoutUnavailableException(refused);
        }
    }

    /// <returns>When the last whole look began, UTC; null: there was none.</returns>
    public async Task<DateTime?> LastAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.Statement("SELECT value FROM gateway_state WHERE name = @name", ("@name", AtName));
        return await command.ExecuteScalarAsync(cancel) is long at ? DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime : null;
    }

    private async Task<Reconciled> LookAsync(DateTime since, CancellationToken cancel)
    {
        var (looked, healed, parked) = (0, new List<string>(), new List<string>());
        await foreach (var (id, type, found) in FoundAsync(since, cancel))
        {
            looked++;
            var before = await KnownAsync(found, cancel);
            var verdict = await handlers.ApplyAsync(new Event { Id = "reconcile_" + id, Type = type, Data = new EventData { Object = found } }, cancel);
            if (verdict.State == EventState.Parked)
                parked.Add($"{id}: {verdict.Note}");
            else if (await KnownAsync(found, cancel) != before)
                healed.Add(id);
        }
        return new Reconciled(looked, healed, parked);
    }

    /// <summary>What the books know of a thing: another text once something followed from it.</summary>
    private Task<string> KnownAsync(IHasObject found, CancellationToken cancel) => found switch
    {
        Invoice invoice => store.KnownOfInvoiceAsync(invoice.Id, cancel),
        Session session => store.KnownOfSessionAsync(session.Id, session.Metadata?.GetValueOrDefault(CheckoutEvents.PurchaseKey), cancel),
        Refund refund => store.KnownOfClaimAsync(refund.Id, refund.PaymentIntentId, cancel),
        Dispute dispute => store.KnownOfClaimAsync(dispute.Id, dispute.PaymentIntentId, cancel),
        _ => throw new InvalidOperationException($"Nothing is known of a {found.Object}."),
    };

    private async IAsyncEnumerable<(string Id, string Type, IHasObject Found)> FoundAsync(DateTime since, [EnumeratorCancellation] CancellationToken cancel)
    {
        var range = new DateRangeOptions { GreaterThanOrEqual = since };
        await foreach (var invoice in client.V1.Invoices.ListAutoPagingAsync(new InvoiceListOptions { Created = range, Status = "paid", Limit = PageSize }, cancellationToken: cancel))
            yield return (invoice.Id, "invoice.paid", invoice);
        await foreach (var session in client.V1.Checkout.Sessions.ListAutoPagingAsync(new SessionListOptions { Created = range, Status = "complete", Limit = PageSize }, cancellationToken: cancel))
            yield return (session.Id, "checkout.session.completed", session);
        await foreach (var refund in client.V1.Refunds.ListAutoPagingAsync(new RefundListOptions { Created = range, Limit = PageSize }, cancellationToken: cancel))
            yield return (refund.Id, "refund.updated", refund);
        await foreach (var dispute in client.V1.Disputes.ListAutoPagingAsync(new DisputeListOptions { Created = range, Limit = PageSize }, cancellationToken: cancel))
            yield return (dispute.Id, "charge.dispute.closed", dispute);
    }

    private async Task SetAsync(string name, long value, CancellationToken cancel)
    {
        if (await database.RunAsync("UPDATE gateway_state SET value = @value WHERE name = @name", cancel, ("@value", value), ("@name", name)) == 0)
            await database.RunAsync("INSERT INTO gateway_state (name, value) SELECT @name, @value WHERE NOT EXISTS (SELECT 1 FROM gateway_state WHERE name = @name)",
                cancel, ("@value", value), ("@name", name));
    }
}
