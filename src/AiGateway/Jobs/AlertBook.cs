using System.Data.Common;
using AiGateway.Insights;
using AiGateway.Storage;
using AiGateway.Storage.Tables;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace AiGateway.Jobs;

/// <summary>
/// Alerts as they are kept: raised once for each kind, subject, threshold and period, however many nodes see the same thing; sent until each
/// channel has it. A node that dies between sending and noting it makes the next one send again, under the same id.
/// </summary>
internal sealed class AlertBook(Connections database, IDbContextFactory<GatewayDb> reading, AlertOptions options, TimeProvider time, ILogger<AlertBook> log)
{
    /// <summary>Longer than all channels together may take to send one.</summary>
    private static readonly TimeSpan SendingTime = TimeSpan.FromMinutes(2);

    private const int LongestText = 500;

    /// <summary>The channels that an alert has to reach, as in <see cref="AlertRow.SentBy"/>.</summary>
    private int Wanted => (options.WebhookUrl is null ? 0 : AlertChannel.WebhookBit) + (options.SmtpHost is null ? 0 : AlertChannel.MailBit);

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Writes it down and logs it, unless that was done before.</summary>
    /// <returns>False: it had been raised.</returns>
    public async Task<bool> RaiseAsync(AlertRow alert, CancellationToken cancel)
    {
        if (!await InsertAsync(alert, cancel))
            return false;
        log.LogWarning("Alert {Kind}: {Message}", alert.Kind, alert.Message);
        return true;
    }

    /// <summary>Alerts to be sent now. Taking one puts its next try off, so that no other node sends it meanwhile.</summary>
    public async Task<IReadOnlyList<AlertRow>> TakeDueAsync(int atMost, CancellationToken cancel)
    {
        var now = Now;
        List<AlertRow> due;
        await using (var db = reading.CreateDbContext())
            due = await db.Alerts.Where(a => a.State == 0 && a.NextTryAt <= now).OrderBy(a => a.NextTryAt).Take(atMost).ToListAsync(cancel);
        var taken = new List<AlertRow>();
        foreach (var alert in due)
            if (await ChangeAsync(alert, "next_try_at = @next, attempts = attempts + 1", " AND next_try_at = @seen AND state = 0", cancel,
                ("@next", now + (long)SendingTime.TotalMilliseconds), ("@seen", alert.NextTryAt)))
                taken.Add(alert with { Attempts = alert.Attempts + 1 });
        return taken;
    }

    /// <summary>Notes which channels have it, and when the others are tried again.</summary>
    /// <param name="retryAfter">Null: no more tries.</param>
    public Task NoteAsync(AlertRow alert, int sentBy, TimeSpan? retryAfter, string? note, CancellationToken cancel)
    {
        var isSent = (sentBy & Wanted) == Wanted;
        return ChangeAsync(alert, "state = @state, sent_by = @sent, next_try_at = @next, note = @note", "", cancel,
            ("@state", isSent ? 1 : retryAfter is null ? 2 : 0), ("@sent", sentBy), ("@next", Now + (long)(retryAfter ?? TimeSpan.Zero).TotalMilliseconds),
            ("@note", isSent ? null : Short(note)));
    }

    private async Task<bool> InsertAsync(AlertRow alert, CancellationToken cancel)
    {
        try
        {
            await using var connection = await database.OpenAsync(cancel);
            await using var command = connection.Statement(
                """
                INSERT INTO alerts (kind, subject, threshold, period_start, value, message, raised_at, state, sent_by, attempts, next_try_at)
                SELECT @kind, @subject, @threshold, @period, @value, @message, @now, @state, 0, 0, @now
                WHERE NOT EXISTS (SELECT 1 FROM alerts WHERE kind = @kind AND subject = @subject AND threshold = @threshold AND period_start = @period)
                """,
                [.. Key(alert), ("@value", alert.Value), ("@message", Short(alert.Message)), ("@now", Now), ("@state", Wanted == 0 ? 1 : 0)]);
            return await command.ExecuteNonQueryAsync(cancel) == 1;
        }
        catch (DbException)
        {
            // Another node's insert may have come between the look and ours: then its row is there. Else the failure stands.
            if (!await IsRaisedAsync(alert, cancel))
                throw;
            return false;
        }
    }

    private async Task<bool> IsRaisedAsync(AlertRow alert, CancellationToken cancel)
    {
        await using var db = reading.CreateDbContext();
        return await db.Alerts.AnyAsync(
            a => a.Kind == alert.Kind && a.Subject == alert.Subject && a.Threshold == alert.Threshold && a.PeriodStart == alert.PeriodStart, cancel);
    }

    private async Task<bool> ChangeAsync(AlertRow alert, string set, string and, CancellationToken cancel, params (string, object?)[] values)
    {
        await using var connection = await database.OpenAsync(cancel);
        await using var command = connection.Statement(
            $"UPDATE alerts SET {set} WHERE kind = @kind AND subject = @subject AND threshold = @threshold AND period_start = @period{and}", [.. Key(alert), .. values]);
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    private static (string, object?)[] Key(AlertRow alert) =>
        [("@kind", alert.Kind), ("@subject", alert.Subject), ("@threshold", alert.Threshold), ("@period", alert.PeriodStart)];

    private static string? Short(string? text) => text?.Length > LongestText ? text[..LongestText] : text;
}
