using AiGateway.Insights;
using AiGateway.Storage.Tables;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiGateway.Jobs;

/// <summary>Sends what was raised by each channel, until it has it or the patience is at its end.</summary>
internal sealed class AlertPost(AlertBook book, IEnumerable<AlertChannel> channels, TimeProvider time, ILogger<AlertPost> log) : BackgroundService
{
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    /// <summary>The pauses add up to about half a day: longer than a night's outage.</summary>
    public const int MostAttempts = 18;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10), LongestPause = TimeSpan.FromHours(1);

    private const int AtOnce = 20;

    private readonly IReadOnlyList<AlertChannel> _channels = [.. channels];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_channels.Count == 0)
            return;
        using var timer = new PeriodicTimer(Step, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SendDueAsync(stoppingToken);
            }
            catch (Exception failed) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(failed, "Alerts cannot be sent; the next step tries again");
            }
        }
    }

    /// <summary>One round: everything that is due now.</summary>
    internal async Task SendDueAsync(CancellationToken cancel)
    {
        foreach (var alert in await book.TakeDueAsync(AtOnce, cancel))
            await SendAsync(alert, cancel);
    }

    /// <summary>10 s, 20 s, 40 s, … an hour.</summary>
    public static TimeSpan? PauseAfter(int attempts) =>
        attempts >= MostAttempts ? null : TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(attempts - 1, 20)));

    private async Task SendAsync(AlertRow alert, CancellationToken cancel)
    {
        var (sentBy, why) = (alert.SentBy, new List<string>());
        foreach (var channel in _channels.Where(channel => (alert.SentBy & channel.Bit) == 0))
        {
            if (await channel.SendAsync(AlertView.Of(alert), cancel) is { } wrong)
                why.Add(wrong);
            else
                sentBy |= channel.Bit;
        }
        var pause = PauseAfter(alert.Attempts);
        if (why.Count > 0)
            log.LogWarning("The alert {Kind} was not sent: {Why}; {Next}", alert.Kind, string.Join("; ", why), pause is null ? "it is given up" : $"it is tried again in {pause}");
        await book.NoteAsync(alert, sentBy, pause, string.Join("; ", why), cancel);
    }
}
