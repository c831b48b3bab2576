using AiGateway.Accounts;
using AiGateway.Demo;

namespace AiGateway.Hosting;

/// <summary>The database of a Production start must not hold what Development seeded: a key that was printed, users who paid nothing.</summary>
internal sealed class ProductionCheck(KeyStore keys, AccountDirectory accounts) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        if (await keys.HasLiveAsync(DevelopmentKeys.KeyName, cancellationToken))
            problems.Add($"The database holds a live key named \"{DevelopmentKeys.KeyName}\": revoke it, or start with another database.");
        if (await accounts.HasTokensAsync(DemoStory.First, cancellationToken))
            problems.Add($"The database holds the seeded user {DemoStory.First} with tokens that nobody paid for: start with another database.");
        if (problems.Count > 0)
            throw new MisconfiguredException(problems);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>The program does not start: every reason with its fix.</summary>
internal sealed class MisconfiguredException(IReadOnlyList<string> problems) : Exception(string.Join('\n', problems))
{
    public IReadOnlyList<string> Problems => problems;
}
