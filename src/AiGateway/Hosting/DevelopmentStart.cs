using AiGateway.Accounts;
using AiGateway.Demo;

namespace AiGateway.Hosting;

/// <summary>Gives Development its keys and users, before the first call.</summary>
internal sealed class DevelopmentStart(DevelopmentKeys development, KeyStore keys, DemoSeed seed, GatewaySettings settings) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await development.RegisterAsync(keys, cancellationToken);
        if (settings.UsesDemoProvider)
            await seed.WithPastAsync(withUnpricedModel: false, cancellationToken);
        else
            await seed.PlainAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
