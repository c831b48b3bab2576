using AiGateway.Charging;
using AiGateway.Ledger;
using AiGateway.Routes;
using AiGateway.Usage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AiGateway.Jobs;

/// <summary>Asks a provider how work stands that a call began, with the provider's own key.</summary>
internal interface IProviderObjects
{
    /// <exception cref="HttpRequestException">No answer came.</exception>
    Task<ObjectLook> LookAsync(DeferredItem item, CancellationToken cancel);
}

/// <param name="Status">The provider's HTTP status.</param>
/// <param name="Route">Whose rules charge it.</param>
internal sealed record ObjectLook(int Status, UsageReport Usage, MeteredRoute Route);

/// <summary>
/// Charges work that outlives its call: background responses, batches, runs. Each is asked for until it is done, whoever else asks for
/// it or not, and settled on the hold of the call that began it; so it is charged once, whatever is repeated and whoever dies.
/// </summary>
internal sealed class DeferredPoller(
    DeferredWork work, Bookkeeper ledger, DeferredSettlement settlement, IProviderObjects provider, TimeProvider time, ILogger<DeferredPoller> log) : BackgroundService
{
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    // Providers keep such objects for a month; what is not done by then never will be.
    private static readonly TimeSpan LongestWork = TimeSpan.FromDays(30);

    // Until then an object that is not found may only not have appeared yet.
    private static readonly TimeSpan Appearing = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(30);

    // Two looks a second at most times their length: a backlog must not flood the provider.
    private const int AtOnce = 16;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Step, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await PollAsync(stoppingToken);
            }
            catch (Exception failed) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(failed, "Deferred work cannot be looked for; the next step tries again");
            }
        }
    }

    /// <summary>One round: everything that is due now.</summary>
    internal async Task PollAsync(CancellationToken cancel)
    {
        var due = await work.TakeAsync(AtOnce, cancel);
        await Task.WhenAll(due.Select(item => SeeToAsync(item, cancel)));
    }

    private async Task SeeToAsync(DeferredItem item, CancellationToken cancel)
    {
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            patience.CancelAfter(LookTimeout);
            await DecideAsync(item, await provider.LookAsync(item, patience.Token), cancel);
        }
        catch (Exception failed) when (failed is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            log.LogWarning(failed, "Deferred work {ObjectId} could not be seen to; it is asked for again", item.ObjectId);
            await RenewAsync(item, cancel);
        }
    }

    private async Task DecideAsync(DeferredItem item, ObjectLook look, CancellationToken cancel)
    {
        var age = TimeSpan.FromMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds() - item.BegunAtMs);
        var isWaiting = look.Status is < 200 or >= 300 || look.Usage is { Tokens: null, State: WorkState.Unfinished };
        if (isWaiting && (age > LongestWork || look.Status is 404 or 410 && age > Appearing))
        {
            log.LogWarning("Deferred work {ObjectId} is gone ({Status}); its hold runs out and is charged by presumption", item.ObjectId, look.Status);
            await work.GiveUpAsync(item, cancel);
        }
        else if (isWaiting)
            await RenewAsync(item, cancel);
        else
            await settlement.CloseAsync(item, look.Route, look.Status, look.Usage, cancel);
    }

    private async Task RenewAsync(DeferredItem item, CancellationToken cancel)
    {
        try
        {
            // False: the hold ran out while no gateway was there, and what was presumed is corrected at the end.
            _ = await ledger.RenewAsync(item.Hold, cancel);
        }
        catch (LedgerUnavailableException unavailable)
        {
            log.LogWarning(unavailable, "The hold of deferred work {ObjectId} was not renewed", item.ObjectId);
        }
    }
}
