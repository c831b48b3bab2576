using AiGateway.Tests.Support;

namespace AiGateway.Tests.Browser;

/// <summary>One app's site and the gateway that lets it in, for all tests of a class; each takes a user of its own.</summary>
public sealed class SharedSite : IAsyncLifetime
{
    private AppSite? site;
    private RunningGateway? gateway;
    private int users;

    internal AppSite Site => site ?? throw new InvalidOperationException("Not started.");

    internal RunningGateway Gateway => gateway ?? throw new InvalidOperationException("Not started.");

    public string NextUser() => $"site-user-{Interlocked.Increment(ref users)}";

    public async ValueTask InitializeAsync()
    {
        site = await AppSite.StartAsync();
        gateway = await RunningGateway.StartAsync(new Dictionary<string, string> { ["Cors__AllowedOrigins"] = site.Origin });
        site.Gateway = gateway;
    }

    public async ValueTask DisposeAsync()
    {
        if (gateway is not null)
            await gateway.DisposeAsync();
        if (site is not null)
            await site.DisposeAsync();
    }
}
