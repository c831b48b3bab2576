using AiGateway.Ledger;
using AiGateway.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AiGateway.Tests.Ledger;

public sealed class LedgerServiceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("service-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_host_makes_the_database_serves_and_writes_what_is_queued_when_it_stops()
    {
        await using var services = Services();
        var host = Assert.Single(services.GetServices<IHostedService>());
        await host.StartAsync(Cancel);
        var books = services.GetRequiredService<Bookkeeper>();
        await books.GrantAsync(new GrantRequest("u", 10, LotKind.Pack, "token_pack", "g1"), Cancel);
        var queued = books.GrantAsync(new GrantRequest("u", 5, LotKind.Pack, "token_pack", "g2"), Cancel);
        await host.StopAsync(Cancel);
        Assert.Equal(new Standing(15, 0, 15), (await queued).Standing);
        await using var db = services.GetRequiredService<IDbContextFactory<GatewayDb>>().CreateDbContext();
        Assert.Equal(15, (await db.Accounts.SingleAsync(Cancel)).Balance);
        Assert.Empty(await services.GetRequiredService<LedgerAudit>().RunAsync(atRest: true, Cancel));
    }

    [Fact]
    public async Task A_host_that_never_started_stops_without_waiting()
    {
        await using var services = Services();
        await Assert.Single(services.GetServices<IHostedService>()).StopAsync(Cancel);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private ServiceProvider Services() => new ServiceCollection()
        .AddLogging()
        .AddLedger(new LedgerOptions { ConnectionString = $"Data Source={Path.Combine(_folder.FullName, "data", "gateway.db")}" })
        .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
}
