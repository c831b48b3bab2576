using System.Runtime.CompilerServices;
using System.Text;
using AiGateway.Ledger;
using AiGateway.Storage;
using AiGateway.Storage.Tables;

namespace AiGateway.Tests.Simulation;

/// <summary>
/// Checks the tables after every step: each invariant over what the step has touched, and that they say what the model says. Its sums are its own,
/// kept from the rows alone. Now and then, and at the end, everything is counted anew.
/// </summary>
internal sealed class Examiner(MemoryTables tables, Model model)
{
    private sealed class Sums
    {
        public long Balance { get; set; }
        public long OpenHolds { get; set; }
        public int Rows { get; set; }
        public long Left { get; set; }
        /// <summary>Whether a lot has changed since they were all compared.</summary>
        public bool HasChanged { get; set; }
        public int Checks { get; set; }
    }

    // Between two changes of an account's lots the flushed lots are compared now and then only: that is most of the work.
    private const int CompareLotsEvery = 10;

    private readonly Dictionary<long, Sums> _sums = [];
    private readonly Dictionary<(long, string), TokenHoldRow> _holds = [];
    private readonly Dictionary<(long, string), int> _charges = [];
    private readonly Dictionary<long, long> _left = [];

    /// <summary>A commit took effect.</summary>
    public void See(LedgerChanges changes)
    {
        foreach (var entry in changes.Entries)
            See(entry);
        foreach (var hold in changes.NewHolds)
            See(hold);
        foreach (var hold in changes.Holds)
            See(hold);
        foreach (var lot in changes.NewLots)
            See(lot);
        foreach (var lot in changes.Lots)
            See(lot);
        CheckDays(changes);
    }

    /// <summary>What an account's rows say, and whether the model agrees.</summary>
    public void Check(string user, long nowMs)
    {
        var (account, expected) = (tables.Accounts.GetValueOrDefault(user), model.Accounts.GetValueOrDefault(user));
        if (account is null || expected is null)
        {
            Same("model", expected is not null, account is not null, $"{user} is there");
            return;
        }
        var sums = SumsOf(account.Id);
        That("I1", account.Held >= 0, $"{user} holds {account.Held}");
        Same("I2", sums.Balance, account.Balance, $"balance of {user}");
        Same("I3", sums.Rows, account.Seq, $"rows of {user}");
        Same("I4", sums.OpenHolds, account.Held, $"held of {user}");
        Same("I5", account.Balance, sums.Left - account.Unattributed, $"lots of {account.UserId}");
        if (sums.HasChanged || ++sums.Checks % CompareLotsEvery == 0)
            CheckLots(account, expected, nowMs);
        sums.HasChanged = false;
        Same("model", expected.Standing, new Standing(account.Balance, account.Held, account.Allocation), $"{user}'s standing");
        Same("model", (expected.PeriodStart, expected.PeriodEnd, expected.PeriodUsed), (account.PeriodStart, account.PeriodEnd, account.PeriodUsed), $"{user}'s period");
        Same("model", expected.Rows, account.Seq, $"{user}'s rows");
        Same("model", expected.DueAt, account.NextDueAt, $"{user}'s next look");
        if (account.WindowCalls > 0)
            Same("model", expected.Window, (account.WindowStart, account.WindowCalls), $"{user}'s hour");
    }

    /// <summary>Everything again, from the first row on.</summary>
    public void CheckAll(long nowMs)
    {
        foreach (var (user, account) in tables.Accounts)
        {
            var entries = tables.EntriesOf(account.Id);
            long balance = 0;
            for (var i = 0; i < entries.Count; i++)
            {
                Same("I3", i + 1, entries[i].Seq, $"seq in {user}'s row {i}");
                Same("I3", balance -= entries[i].TokensUsed, entries[i].TokensRemaining, $"rest in {user}'s row {i}");
            }
            Same("I2", balance, account.Balance, $"balance of {user}");
            Same("I4", tables.Holds.Where(hold => hold.Key.Account == account.Id && hold.Value.State < 2).Sum(hold => hold.Value.Amount), account.Held, $"held of {user}");
            SumsOf(account.Id).HasChanged = true;
            Check(user, nowMs);
            CheckDays(user, account.Id, entries);
            CheckCharges(user, account.Id, entries);
        }
    }

    /// <summary>I7.</summary>
    public void CheckRest()
    {
        foreach (var (user, account) in tables.Accounts)
            Same("I7", 0L, account.Held, $"held of {user} at rest");
    }

    public TokenHoldRow? HoldOf(HoldId id) =>
        tables.Accounts.TryGetValue(id.UserId, out var account) ? tables.Holds.GetValueOrDefault((account.Id, id.RequestId)) : null;

    /// <summary>The hold's rows together: tokens charged, corrections included.</summary>
    public long ChargedTo(HoldId id) =>
        tables.Accounts.TryGetValue(id.UserId, out var account) ? tables.EntriesOf(account.Id).Where(entry => entry.RequestId == id.RequestId).Sum(entry => entry.TokensUsed) : 0;

    public static void Same<T>(string invariant, T expected, T found, [InterpolatedStringHandlerArgument(nameof(expected), nameof(found))] WhenDifferent<T> what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, found))
            throw new SimViolationException($"{invariant}: {what}: expected {expected}, found {found}");
    }

    public static void That(string invariant, bool isSo, [InterpolatedStringHandlerArgument(nameof(isSo))] WhenWrong what)
    {
        if (!isSo)
            throw new SimViolationException($"{invariant}: {what}");
    }

    private static bool IsUsage(TokenTransactionRow entry) => entry.Entry is "usage" or "correction";

    private Sums SumsOf(long account)
    {
        if (!_sums.TryGetValue(account, out var sums))
            _sums[account] = sums = new Sums();
        return sums;
    }

    private void See(TokenTransactionRow entry)
    {
        var sums = SumsOf(entry.AccountId);
        Same("I3", ++sums.Rows, entry.Seq, $"seq of {entry.UserId}'s row");
        Same("I3", sums.Balance -= entry.TokensUsed, entry.TokensRemaining, $"rest in {entry.UserId}'s row {entry.Seq}");
        if (entry is { Entry: "usage", RequestId: { } request })
            Same("I6", 1, _charges[(entry.AccountId, request)] = _charges.GetValueOrDefault((entry.AccountId, request)) + 1, $"charges of {request}");
    }

    private void See(TokenHoldRow hold)
    {
        var key = (hold.AccountId, hold.RequestId);
        var sums = SumsOf(hold.AccountId);
        sums.OpenHolds += (hold.State < 2 ? hold.Amount : 0) - (_holds.TryGetValue(key, out var before) && before.State < 2 ? before.Amount : 0);
        _holds[key] = hold;
        Same("I6", hold.State is 2 or 5 ? 1 : 0, _charges.GetValueOrDefault(key), $"charges of {hold.RequestId}, which is {(HoldState)hold.State}");
    }

    private void See(TokenLotRow lot)
    {
        var sums = SumsOf(lot.AccountId);
        sums.Left += lot.Remaining - _left.GetValueOrDefault(lot.Id);
        sums.HasChanged = true;
        _left[lot.Id] = lot.Remaining;
    }

    /// <summary>I5, I8 and I10: flushes what the tables have, and compares it with the model, which never defers anything.</summary>
    private void CheckLots(AccountRow account, ModelAccount expected, long nowMs)
    {
        var lots = tables.LotsOf(account.Id);
        long left = 0, leftOfOver = 0;
        foreach (var lot in lots)
        {
            left += lot.Remaining;
            if (lot.EndedAt is not null || lot.ExpiresAt <= nowMs)
                leftOfOver += lot.Remaining;
            That("I5", lot.Remaining >= 0 && lot.Remaining + lot.Expired + lot.ClawedBack <= lot.Granted, $"lot {lot.SourceKey} has {lot.Remaining}");
        }
        Same("I5", account.Balance, left - account.Unattributed, $"lots of {account.UserId}");
        if (account.NextDueAt > nowMs)
            That("I10", leftOfOver <= account.Held, $"lots of {account.UserId} that are over keep {leftOfOver} for {account.Held}");
        var unattributed = account.Unattributed;
        Same("I8", expected.Lots.Count, lots.Count, $"number of {account.UserId}'s lots");
        foreach (var wanted in expected.Lots)
        {
            var lot = tables.LotsByKey[KeyOf(account, wanted.Key)];
            var burnt = Math.Min(lot.Remaining, unattributed);
            unattributed -= burnt;
            Same("I8", (wanted.Left, wanted.Expired, wanted.TakenBack, wanted.EndedAt), (lot.Remaining - burnt, lot.Expired, lot.ClawedBack, lot.EndedAt), $"lot {lot.SourceKey}");
        }
        Same("I8", expected.Owed, unattributed, $"debt of {account.UserId}");
    }

    private static string KeyOf(AccountRow account, string key)
    {
        const string Correction = "correction of ";
        return key.StartsWith(Correction, StringComparison.Ordinal) ? $"correction:{account.Id}:{key[Correction.Length..]}" : key;
    }

    private static void CheckDays(LedgerChanges changes)
    {
        var (rows, days) = ((Tokens: 0L, Nano: 0L), (Tokens: 0L, Nano: 0L));
        foreach (var entry in changes.Entries)
            if (IsUsage(entry))
                rows = (rows.Tokens + entry.TokensUsed, rows.Nano + entry.CostNanoUsd);
        foreach (var day in changes.Usage)
            days = (days.Tokens + day.Tokens, days.Nano + day.CostNanoUsd);
        Same("I9", rows, days, $"what is added to the days");
    }

    private void CheckDays(string user, long account, List<TokenTransactionRow> entries)
    {
        var rows = entries.Where(IsUsage).GroupBy(entry => ((int)(entry.CreatedAt - DateTime.UnixEpoch).TotalDays, account, entry.ActionType, entry.OpenAiModel ?? ""))
            .ToDictionary(day => day.Key, day => (day.Sum(e => e.TokensUsed), day.Sum(e => e.CostNanoUsd), day.LongCount(e => e.Entry == "usage")));
        foreach (var (day, sum) in tables.Usage.Where(day => day.Key.Account == account))
            Same("I9", rows.GetValueOrDefault(day), (sum.Tokens, sum.CostNanoUsd, sum.Calls), $"{user}'s day {day.Day}");
        Same("I9", rows.Count, tables.Usage.Keys.Count(day => day.Account == account), $"{user}'s days");
    }

    private void CheckCharges(string user, long account, List<TokenTransactionRow> entries)
    {
        var charges = entries.Where(entry => entry is { RequestId: not null }).ToLookup(entry => entry.RequestId);
        foreach (var ((_, request), hold) in tables.Holds.Where(hold => hold.Key.Account == account))
        {
            Same("I6", hold.State is 2 or 5 ? 1 : 0, charges[request].Count(entry => entry.Entry == "usage"), $"{user}'s charges of {request}");
            Same("I6", hold.Charged, charges[request].Sum(entry => entry.TokensUsed), $"{user}'s charge of {request}");
        }
    }
}

/// <summary>What is wrong, in words: put together only where something is, because ten million checks find nothing.</summary>
[InterpolatedStringHandler]
internal readonly struct WhenWrong
{
    private readonly StringBuilder? _text;

    public WhenWrong(int literalLength, int formattedCount, bool isSo, out bool isNeeded)
    {
        isNeeded = !isSo;
        _text = isSo ? null : new StringBuilder(literalLength + 16 * formattedCount);
    }

    public void AppendLiteral(string text) => _text?.Append(text);

    public void AppendFormatted<T>(T value) => _text?.Append(value);

    public override string ToString() => $"{_text}";
}

/// <inheritdoc cref="WhenWrong"/>
[InterpolatedStringHandler]
internal readonly struct WhenDifferent<T>
{
    private readonly WhenWrong _text;

    public WhenDifferent(int literalLength, int formattedCount, T expected, T found, out bool isNeeded) =>
        _text = new WhenWrong(literalLength, formattedCount, EqualityComparer<T>.Default.Equals(expected, found), out isNeeded);

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<TValue>(TValue value) => _text.AppendFormatted(value);

    public override string ToString() => _text.ToString();
}

/// <summary>The books, or an answer, are not what they must be.</summary>
internal sealed class SimViolationException(string message) : Exception(message);
