using AiGateway.Accounts;
using AiGateway.Demo;
using AiGateway.Ledger;

namespace AiGateway.Hosting;

/// <summary>Gives Development its keys and users, before the first call.</summary>
internal sealed class DevelopmentStart(DevelopmentKeys development, KeyStore keys, Bookkeeper ledger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await development.RegisterAsync(keys, cancellationToken);
        await DemoUsers.SeedAsync(ledger, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
