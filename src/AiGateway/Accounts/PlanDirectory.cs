using System.Collections.Concurrent;
using System.Data.Common;
using AiGateway.Storage;

namespace AiGateway.Accounts;

/// <summary>Which plan an account is on, for the models that its plan is for. Remembered briefly: a plan changes by a payment, not by the second.</summary>
internal sealed class PlanDirectory(Connections database, TimeProvider time)
{
    /// <summary>A plan that was bought or has ended is felt within this time.</summary>
    public static readonly TimeSpan RememberFor = TimeSpan.FromSeconds(10);

    /// <summary>Beyond it the memory starts anew.</summary>
    private const int MaxRemembered = 100_000;

    private readonly ConcurrentDictionary<string, (string? Plan, long At)> _plans = new(StringComparer.Ordinal);

    /// <returns>Null: none.</returns>
    /// <exception cref="KeysUnavailableException"/>
    public async ValueTask<string?> PlanAsync(string userId, CancellationToken cancel)
    {
        if (_plans.TryGetValue(userId, out var known) && time.GetElapsedTime(known.At) < RememberFor)
            return known.Plan;
        if (_plans.Count > MaxRemembered)
            _plans.Clear();
        var plan = await LoadAsync(userId, cancel);
        _plans[userId] = (plan, time.GetTimestamp());
        return plan;
    }

    /// <summary>The newest subscription that runs, as balances show it.</summary>
    private async Task<string?> LoadAsync(string userId, CancellationToken cancel)
    {
        try
        {
            await using var connection = await database.OpenAsync(cancel);
            await using var command = connection.Statement(
                "SELECT plan_id FROM subscriptions WHERE user_id = @user AND status IN ('active', 'trialing', 'past_due') ORDER BY period_start DESC, period_end DESC", ("@user", userId));
            return await command.ExecuteScalarAsync(cancel) as string;
        }
        catch (DbException error)
        {
            throw new KeysUnavailableException(error);
        }
    }
}
