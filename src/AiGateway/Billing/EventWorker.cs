using AiGateway.Ledger;
using AiGateway.Storage.Tables;
using AiGateway.Telemetry;
using Microsoft.Extensions.Hosting;
using Stripe;

namespace AiGateway.Billing;

/// <summary>
/// Takes events out of the inbox and applies them, apart from the calls. Each effect happens once by its business key, so an event may be
/// applied again after a crash, or on two nodes at once; it is tried until it is done.
/// </summary>
internal sealed class EventWorker(EventInbox inbox, Lazy<EventHandlers> handlers, TimeProvider time, ILogger<EventWorker> log) : BackgroundService
{
    private const int AtOnce = 50;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(2), LongestPause = TimeSpan.FromMinutes(10);

    /// <summary>Applies what is due.</summary>
    /// <returns>How many events came to their end.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancel)
    {
        var done = 0;
        await inbox.UnparkLinkedAsync(cancel);
        while (true)
        {
            var due = await inbox.DueAsync(AtOnce, cancel);
            foreach (var stored in due)
                done += await TryAsync(stored, cancel) ? 1 : 0;
            if (due.Count < AtOnce)
                return done;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed)
            {
                // Whatever it was: payments are looked at again, and calls are served all the while.
                log.LogError(failed, "The Stripe events cannot be looked at; the next step tries again");
            }
            await inbox.WaitAsync(Step, stoppingToken);
        }
    }

    private async Task<bool> TryAsync(StripeEventRow stored, CancellationToken cancel)
    {
        try
        {
            var verdict = await ApplyAsync(stored, cancel);
            await inbox.CloseAsync(stored.EventId, verdict.State, verdict.Note, verdict.CustomerId, cancel);
            Instruments.StripeEvents.Add(1, new KeyValuePair<string, object?>(Names.State, verdict.State.ToString()));
            if (verdict.State == EventState.Parked)
                log.LogWarning("The Stripe event {EventId} ({Type}) is parked: {Note}", stored.EventId, stored.Type, verdict.Note);
            return true;
        }
        catch (Exception failed) when (failed is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            var pause = PauseAfter(stored.Attempts);
            log.LogWarning("The Stripe event {EventId} ({Type}) could not be applied ({Error}); it is tried again in {Pause}", stored.EventId, stored.Type, Name(failed), pause);
            await inbox.DelayAsync(stored.EventId, pause, $"waits after {Name(failed)}", cancel);
            return false;
        }
    }

    private async Task<EventVerdict> ApplyAsync(StripeEventRow stored, CancellationToken cancel)
    {
        // Its object may be one that this program's library has never heard of.
        if (!EventHandlers.Knows(stored.Type))
            return EventHandlers.Nothing;
        var (parsed, problem) = EventReader.Read(stored.Payload);
        if (parsed is null)
            return EventVerdict.Parked(problem ?? "it cannot be read");
        var verdict = await handlers.Value.ApplyAsync(parsed, cancel);
        var lag = time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(stored.ReceivedAt);
        Instruments.StripeLag.Record((long)lag.TotalMilliseconds);
        return verdict;
    }

    /// <summary>1 s, 2 s, 4 s … 10 minutes.</summary>
    private static TimeSpan PauseAfter(int attempts) =>
        attempts >= 9 ? LongestPause : TimeSpan.FromSeconds(1L << attempts);

    /// <summary>What failed, without the message: an API's error may quote what it was sent.</summary>
    private static string Name(Exception failed) => failed switch
    {
        StripeException { StripeError.Code: { } code } => $"Stripe's {code}",
        StripeException stripe => $"Stripe's HTTP {(int)stripe.HttpStatusCode}",
        LedgerUnavailableException => "the ledger was unavailable",
        _ => failed.GetType().Name,
    };
}
