using AiGateway.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Insights;

/// <param name="Day">UTC.</param>
internal sealed record DayUse(DateOnly Day, long Calls, long Tokens);

/// <param name="AverageTokens">Tokens ÷ calls, rounded half up; what was corrected counts in the tokens alone.</param>
internal sealed record ActionUse(string ActionType, long Calls, long Tokens, long AverageTokens);

/// <summary>What one user used, both ends included.</summary>
/// <param name="Days">Every day, the quiet ones too, oldest first.</param>
/// <param name="Actions">Most tokens first.</param>
internal sealed record UserUsage(DateOnly From, DateOnly To, long Calls, long Tokens, IReadOnlyList<DayUse> Days, IReadOnlyList<ActionUse> Actions);

/// <summary>One user's usage by day and by action, from the rollup that is written with each charge.</summary>
internal sealed class UserUsageReader(IDbContextFactory<GatewayDb> database, TimeProvider time)
{
    /// <summary>The longest span: a leap year.</summary>
    public const int MostDays = 366;

    private const int UsualDays = 30;

    /// <summary>The days that are meant where one of them, or both, are left out.</summary>
    public (DateOnly From, DateOnly To) Span(DateOnly? from, DateOnly? to)
    {
        var end = to ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        return (from ?? end.AddDays(1 - UsualDays), end);
    }

    /// <returns>Null: a fine span. Otherwise the end of a sentence that says what is wrong.</returns>
    public static string? Check(DateOnly from, DateOnly to) =>
        from > to ? "from must not be after to."
        : to.DayNumber - from.DayNumber >= MostDays ? $"from and to must be at most {MostDays} days apart."
        : null;

    /// <param name="action">Null: all.</param>
    public async Task<UserUsage> OfAsync(string userId, DateOnly from, DateOnly to, string? action, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        var account = await db.Accounts.AsNoTracking().Where(a => a.UserId == userId).Select(a => (long?)a.Id).SingleOrDefaultAsync(cancel);
        var used = UsageSpan.All(db, Start(from), Start(to.AddDays(1))).Where(u => u.AccountId == account);
        if (action is not null)
            used = used.Where(u => u.ActionType == action);
        var sums = await used.GroupBy(u => new { u.Day, u.ActionType })
            .Select(g => new { g.Key.Day, g.Key.ActionType, Calls = g.Sum(u => u.Calls), Tokens = g.Sum(u => u.Tokens) }).ToListAsync(cancel);
        var byDay = sums.GroupBy(s => s.Day).ToDictionary(g => g.Key, g => (Calls: g.Sum(s => s.Calls), Tokens: g.Sum(s => s.Tokens)));
        var days = Enumerable.Range(0, to.DayNumber - from.DayNumber + 1).Select(at => from.AddDays(at))
            .Select(day => byDay.TryGetValue(UsageSpan.DayOf(Start(day)), out var sum) ? new DayUse(day, sum.Calls, sum.Tokens) : new DayUse(day, 0, 0)).ToList();
        var actions = sums.GroupBy(s => s.ActionType).Select(g => Action(g.Key, g.Sum(s => s.Calls), g.Sum(s => s.Tokens)))
            .OrderByDescending(a => a.Tokens).ThenBy(a => a.ActionType, StringComparer.Ordinal).ToList();
        return new UserUsage(from, to, days.Sum(d => d.Calls), days.Sum(d => d.Tokens), days, actions);
    }

    /// <summary>Every action that this user ever took, in the order of the alphabet.</summary>
    public async Task<IReadOnlyList<string>> ActionsAsync(string userId, CancellationToken cancel)
    {
        await using var db = database.CreateDbContext();
        return await db.UsageDaily.AsNoTracking()
            .Where(u => db.Accounts.Any(a => a.Id == u.AccountId && a.UserId == userId))
            .Select(u => u.ActionType).Distinct().OrderBy(action => action).ToListAsync(cancel);
    }

    private static ActionUse Action(string name, long calls, long tokens) => new(name, calls, tokens, calls == 0 ? 0 : Shares.Average(tokens, calls));

    private static DateTime Start(DateOnly day) => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
}
