using AiGateway.Ledger;
using Microsoft.Extensions.Hosting;

namespace AiGateway.Billing;

/// <summary>
/// Compares Stripe's lists with the books once a night, on whichever node is there. A night that was slept through is made up for as soon as
/// a gateway runs; one that ended in an error is tried again. Two nodes at once would do no harm: the handlers' keys answer.
/// </summary>
internal sealed class NightlyReconciliation(
    Lazy<Reconciliation> reconciliation, Leases leases, BillingSettings settings, TimeProvider time, ILogger<NightlyReconciliation> log) : BackgroundService
{
    /// <summary>Longer than Stripe goes on sending an event, and than a billing cycle.</summary>
    public const int Days = 35;

    private const string Lease = "stripe-reconciliation";

    private static readonly TimeSpan Step = TimeSpan.FromMinutes(5), Term = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.ReconcileAt is not { } at)
            return;
        using var timer = new PeriodicTimer(Step, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookAsync(at, stoppingToken);
            }
            catch (CheckoutUnavailableException refused)
            {
                log.LogWarning("Stripe's lists could not be compared with the books: {Reason}; it is tried again", refused.Reason);
            }
            catch (Exception failed) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(failed, "Stripe's lists could not be compared with the books; it is tried again");
            }
        }
    }

    /// <summary>Does this night's work, unless it was done.</summary>
    /// <returns>Null: nothing was to do, or another node is at it.</returns>
    internal async Task<Reconciled?> LookAsync(TimeSpan at, CancellationToken cancel)
    {
        if (await IsDoneAsync(at, cancel) || !await leases.TakeAsync(Lease, Term, cancel))
            return null;
        try
        {
            // Another node may have ended between the look and the lease.
            return await IsDoneAsync(at, cancel) ? null : Told(await reconciliation.Value.RunAsync(Days, cancel));
        }
        finally
        {
            await leases.ReleaseAsync(Lease, CancellationToken.None);
        }
    }

    private async Task<bool> IsDoneAsync(TimeSpan at, CancellationToken cancel)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var due = now.TimeOfDay >= at ? now.Date + at : now.Date.AddDays(-1) + at;
        return await reconciliation.Value.LastAsync(cancel) >= due;
    }

    private Reconciled Told(Reconciled done)
    {
        if (done.Healed.Count + done.Parked.Count == 0)
            log.LogInformation("Of {Looked} things in Stripe's lists of {Days} days none was missing in the books", done.Looked, Days);
        else
            log.LogWarning("Of {Looked} things in Stripe's lists of {Days} days these had not arrived and are applied now: {Healed}; these wait for you: {Parked}",
                done.Looked, Days, done.Healed, done.Parked);
        return done;
    }
}
