using AiGateway.Pipeline.Settlement;

namespace AiGateway.Hosting;

/// <summary>At stop, after the last stream and before the ledger's writer: waits for charges that are still being written.</summary>
internal sealed class SettlementDrain(OpenSettlements open) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => open.DrainAsync(cancellationToken);
}
