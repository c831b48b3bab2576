using System.Data.Common;
using AiGateway.Storage;
using AiGateway.Storage.Tables;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Billing;

/// <summary>stripe_events.state.</summary>
internal enum EventState { Waiting = 0, Applied = 1, Parked = 2, Ignored = 3 }

/// <summary>Events between their arrival and their effect. What was stored is kept for ever; its key is Stripe's event id.</summary>
internal sealed class EventInbox(Connections database, IDbContextFactory<GatewayDb> reading, TimeProvider time)
{
    private const int LongestNote = 500;

    /// <summary>How long a delivery waits for those before it. Stripe itself waits longer, and sends again what nobody thanked for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _storing = new(1, 1);

    private readonly SemaphoreSlim _arrived = new(0, 1);
    private Task? _listening;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Returns when the event is durable; a repeat is fine.</summary>
    /// <exception cref="DbException">It could not be stored.</exception>
    /// <exception cref="StoreUnavailableException">Its turn did not come.</exception>
    public async Task StoreAsync(string eventId, string type, string payload, CancellationToken cancel)
    {
        // One at a time: fifty deliveries side by side would each knock at SQLite's one lock, and some of them in vain.
        if (!await _storing.WaitAsync(Patience, cancel))
            throw new StoreUnavailableException("Other deliveries wait for the database.");
        try
        {
            if (await IsStoredAsync(eventId, cancel))
                return;
            await InsertAsync(eventId, type, payload, cancel);
        }
        finally
        {
            _storing.Release();
        }
        Wake();
    }

    private async Task InsertAsync(string eventId, string type, string payload, CancellationToken cancel)
    {
        try
        {
            await database.RunAsync(
                "INSERT INTO stripe_events (event_id, type, payload, state, attempts, next_try_at, received_at, closed_at) VALUES (@id, @type, @payload, 0, 0, @now, @now, 0)",
                cancel, ("@id", eventId), ("@type", type), ("@payload", payload), ("@now", Now));
        }
        catch (DbException)
        {
            // Either the same event came in on another node, or the failure stands.
            if (!await IsStoredAsync(eventId, cancel))
                throw;
        }
    }

    /// <summary>The oldest events whose time has come.</summary>
    public async Task<IReadOnlyList<StripeEventRow>> DueAsync(int limit, CancellationToken cancel)
    {
        var now = Now;
        if (!await IsAnyDueAsync(now, cancel))
            return [];
        await using var db = reading.CreateDbContext();
        return await db.StripeEvents.Where(e => e.State == (int)EventState.Waiting && e.NextTryAt <= now)
            .OrderBy(e => e.ReceivedAt).ThenBy(e => e.EventId).Take(limit).ToListAsync(cancel);
    }

    public Task CloseAsync(string eventId, EventState state, string? note, string? customerId, CancellationToken cancel) => database.RunAsync(
        "UPDATE stripe_events SET state = @state, note = @note, customer_id = @customer, attempts = attempts + 1, closed_at = @now WHERE event_id = @id",
        cancel, ("@state", (int)state), ("@note", Short(note)), ("@customer", customerId), ("@now", Now), ("@id", eventId));

    public Task DelayAsync(string eventId, TimeSpan by, string note, CancellationToken cancel) => database.RunAsync(
        "UPDATE stripe_events SET attempts = attempts + 1, next_try_at = @at, note = @note WHERE event_id = @id",
        cancel, ("@at", Now + (long)by.TotalMilliseconds), ("@note", Short(note)), ("@id", eventId));

    /// <summary>Applies an event once more, whatever became of it: what it did already stays done once.</summary>
    /// <returns>False: there is no such event.</returns>
    public async Task<bool> ReplayAsync(string eventId, CancellationToken cancel)
    {
        var found = await database.RunAsync("UPDATE stripe_events SET state = 0, next_try_at = @now WHERE event_id = @id", cancel, ("@now", Now), ("@id", eventId));
        Wake();
        return found > 0;
    }

    /// <returns>How many parked events of this customer wait again.</returns>
    public async Task<int> UnparkAsync(string customerId, CancellationToken cancel)
    {
        var found = await database.RunAsync("UPDATE stripe_events SET state = 0, next_try_at = @now WHERE state = 2 AND customer_id = @customer",
            cancel, ("@now", Now), ("@customer", customerId));
        Wake();
        return found;
    }

    /// <summary>
    /// Events that wait for a user who is known by now. Whoever linked the customer may have died before he could wake them, and an event may be
    /// parked on one node while another links its customer.
    /// </summary>
    public async Task UnparkLinkedAsync(CancellationToken cancel)
    {
        const string Linked = "state = 2 AND note = @note AND EXISTS (SELECT 1 FROM stripe_customers c WHERE c.customer_id = stripe_events.customer_id)";
        await using (var connection = await database.OpenAsync(cancel))
        {
            await using var look = connection.Statement($"SELECT 1 WHERE EXISTS (SELECT 1 FROM stripe_events WHERE {Linked})", ("@note", EventVerdict.NobodyKnown));
            if (await look.ExecuteScalarAsync(cancel) is null)
                return;
        }
        await database.RunAsync($"UPDATE stripe_events SET state = 0, next_try_at = @now WHERE {Linked}", cancel, ("@now", Now), ("@note", EventVerdict.NobodyKnown));
    }

    /// <summary>Until an event comes in on this node, or the time is up: other nodes' events are found by looking.</summary>
    /// <remarks>For one worker at a time.</remarks>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancel)
    {
        // One ear that listens on: one left behind by each quiet step would take the next event's ring.
        var ring = _listening ??= _arrived.WaitAsync(cancel);
        if (await Task.WhenAny(ring, Task.Delay(atMost, time, cancel)) == ring)
            _listening = null;
    }

    private void Wake()
    {
        if (_arrived.CurrentCount == 0)
            TryRelease();
    }

    private void TryRelease()
    {
        try
        {
            _arrived.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else rang the bell in between: it rings.
        }
    }

    // Asked every two seconds, and nearly always in vain: a plain statement, so that a gateway that gets no events never makes EF's model.
    private async Task<bool> IsAnyDueAsync(long now, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.Statement(
            "SELECT 1 WHERE EXISTS (SELECT 1 FROM stripe_events WHERE state = @waiting AND next_try_at <= @now)", ("@waiting", (int)EventState.Waiting), ("@now", now));
        return await command.ExecuteScalarAsync(cancel) is not null;
    }

    private async Task<bool> IsStoredAsync(string eventId, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.Statement("SELECT 1 FROM stripe_events WHERE event_id = @id", ("@id", eventId));
        return await command.ExecuteScalarAsync(cancel) is not null;
    }

    private static string? Short(string? note) => note is { Length: > LongestNote } ? note[..LongestNote] : note;
}
