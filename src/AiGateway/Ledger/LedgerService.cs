using AiGateway.Storage;
using Microsoft.Extensions.Hosting;

namespace AiGateway.Ledger;

/// <summary>The ledger's life within the host: schema, writer, spool, keeper, sweeper and idempotent answers start before the first call and end after the last.</summary>
internal sealed class LedgerService(
    SchemaMigrator schema, LedgerWriter writer, HoldKeeper keeper, Sweeper sweeper, Spool spool, SpoolReplay replay, IdempotentAnswers answers,
    HoldRetention retention) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancel)
    {
        await schema.EnsureAsync(cancel);
        writer.Start();
        spool.Open();
        _running = Task.WhenAll(
            Task.Run(() => keeper.RunAsync(_stop.Token), CancellationToken.None),
            Task.Run(() => sweeper.RunAsync(_stop.Token), CancellationToken.None),
            Task.Run(() => spool.RunAsync(_stop.Token), CancellationToken.None),
            Task.Run(() => replay.RunAsync(_stop.Token), CancellationToken.None),
            Task.Run(() => answers.RunAsync(_stop.Token), CancellationToken.None),
            Task.Run(() => retention.RunAsync(_stop.Token), CancellationToken.None));
    }

    public async Task StopAsync(CancellationToken cancel)
    {
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // They were told to.
        }
        await sweeper.ReleaseAsync(cancel);
        // Before the writer: an answer is kept after its charge.
        await answers.DrainAsync(cancel);
        await writer.StopAsync();
        // After the writer: what it could not write has been told so, and is kept.
        replay.Close();
        spool.Close();
    }

    public void Dispose() => _stop.Dispose();
}
