using System.Data.Common;
using AiGateway.Insights;
using AiGateway.Ledger;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiGateway.Jobs;

/// <summary>Keeps at hand what the metrics say of the books as all nodes see them, so that asking for metrics asks no database.</summary>
internal sealed class BooksWatch(HoldReader holds, AuditKeeper audits, TimeProvider time, ILogger<BooksWatch> log) : BackgroundService
{
    /// <summary>Shorter than the interval at which metrics are usually asked for.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(10);

    private long _open, _tokens, _oldestMs, _violations;

    public long OpenHolds => Volatile.Read(ref _open);
    public long HeldTokens => Volatile.Read(ref _tokens);

    /// <summary>Seconds since the oldest open hold was taken; 0: none is open.</summary>
    public long OldestHoldAge => Volatile.Read(ref _oldestMs) is > 0 and var oldest ? Math.Max(0, (time.GetUtcNow().ToUnixTimeMilliseconds() - oldest) / 1000) : 0;

    /// <summary>What the last audit found.</summary>
    public long Violations => Volatile.Read(ref _violations);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Step, time);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception failed) when (failed is DbException or LedgerUnavailableException or Storage.StoreUnavailableException)
            {
                log.LogWarning(failed, "The books cannot be looked at for the metrics; the next step tries again");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    internal async Task LookAsync(CancellationToken cancel)
    {
        var open = await holds.OpenTotalsAsync(cancel);
        Volatile.Write(ref _open, open.Count);
        Volatile.Write(ref _tokens, open.Tokens);
        Volatile.Write(ref _oldestMs, open.OldestMs);
        Volatile.Write(ref _violations, (await audits.LastAsync(cancel))?.Violations ?? 0);
    }
}
