using AiGateway.Pipeline.Settlement;

namespace AiGateway.Hosting;

/// <summary>At stop, after the last stream and before the ledger's writer: waits for charges that are still being written.</summary>
internal sealed class SettlementDrain(OpenSettlements open) : IHostedService
{
    /// <summary>Its own bound: the host's token has run out where streams took all their time, and their charges are what is waited for.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => open.DrainAsync(Bound);
}
