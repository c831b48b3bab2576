namespace AiGateway.Tests.Support;

/// <summary>One gateway for all tests of a class that need nothing special of it: each takes a user of its own.</summary>
public class SharedGateway : IAsyncLifetime
{
    private RunningGateway? started;
    private int users;

    internal RunningGateway Gateway => started ?? throw new InvalidOperationException("Not started.");

    /// <summary>The gateway, behind it a provider that has heard nothing and answers as usual.</summary>
    internal RunningGateway Fresh()
    {
        Gateway.Provider.Forget();
        return Gateway;
    }

    /// <summary>A user id that no other test has.</summary>
    public string NextUser() => $"user-{Interlocked.Increment(ref users)}";

    public async ValueTask InitializeAsync() => started = await StartAsync();

    public virtual ValueTask DisposeAsync() => started?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>For classes whose gateway is a special one.</summary>
    private protected virtual Task<RunningGateway> StartAsync() => RunningGateway.StartAsync();
}

/// <summary>The same without an hourly limit in the way.</summary>
public sealed class SharedBusyGateway : SharedGateway
{
    private protected override Task<RunningGateway> StartAsync() => RunningGateway.StartAsync(RunningGateway.WithoutHourlyLimit());
}

/// <summary>Two gateways on one database.</summary>
public sealed class SharedTwoGateways : SharedGateway
{
    private protected override Task<RunningGateway> StartAsync() => RunningGateway.StartAsync(processes: 2);
}
