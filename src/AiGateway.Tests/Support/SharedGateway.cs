namespace AiGateway.Tests.Support;

/// <summary>One gateway for all tests of a class that need nothing special of it: each takes a user of its own.</summary>
public class SharedGateway : IAsyncLifetime
{
    private RunningGateway? started;
    private int users;

    /// <summary>Environment besides the usual.</summary>
    private protected virtual Dictionary<string, string> Settings => [];

    internal RunningGateway Gateway => started ?? throw new InvalidOperationException("Not started.");

    /// <summary>A user id that no other test has.</summary>
    public string NextUser() => $"user-{Interlocked.Increment(ref users)}";

    public async ValueTask InitializeAsync() => started = await RunningGateway.StartAsync(Settings);

    public ValueTask DisposeAsync() => started?.DisposeAsync() ?? ValueTask.CompletedTask;
}
