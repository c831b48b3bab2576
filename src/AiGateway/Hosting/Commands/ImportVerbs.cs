using System.CommandLine;
using AiGateway.Ledger;

namespace AiGateway.Hosting.Commands;

/// <summary>import: what users had before this gateway. A file with one bad line imports nothing; a second run changes nothing.</summary>
internal static class ImportVerbs
{
    private sealed record Imported(int Accounts, long Rows, int AlreadyImported);

    private static readonly Argument<string> CsvFile = new("file") { Description = "The CSV file, with a head." };
    private static readonly Option<string?> Balances = new("--balances")
    {
        Description = "A CSV of user_id,balance beside the history: the account ends with that balance.",
    };

    public static Command Make() => new Command("import", "What users had before: balances, transactions.").With(
        new Command("balances", "Open accounts with a balance: user_id,balance.").With(CsvFile).OnDatabase(BalancesAsync),
        new Command("transactions", "Take over rows of a token_transactions table: user_id, action_type, tokens_used, created_at and what else it has.")
            .With(CsvFile, Balances).OnDatabase(TransactionsAsync));

    private static async Task<int> BalancesAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        var (file, balances) = await ReadBalancesAsync(parse.GetRequiredValue(CsvFile), cancel);
        return file.Problems is { Count: > 0 } problems ? Refuse(scope, problems) : await BookAsync(scope, [], balances, cancel);
    }

    private static async Task<int> TransactionsAsync(CommandScope scope, ParseResult parse, CancellationToken cancel)
    {
        var problems = new List<string>();
        IReadOnlyDictionary<string, long> balances = new Dictionary<string, long>();
        if (parse.GetValue(Balances) is { } path)
        {
            (var beside, balances) = await ReadBalancesAsync(path, cancel);
            problems.AddRange(beside.Problems);
        }
        var file = await ImportFile.ReadAsync(parse.GetRequiredValue(CsvFile), ImportedHistory.Required, ImportedHistory.Optional, cancel);
        // Without its columns every line would be wrong in the same way.
        var histories = file.Problems.Count > 0 ? [] : new ImportedHistory(file, balances, scope.Get<TimeProvider>().GetUtcNow()).Read();
        problems.AddRange(file.Problems);
        return problems.Count > 0 ? Refuse(scope, problems) : await BookAsync(scope, histories, balances, cancel);
    }

    private static async Task<(ImportFile File, IReadOnlyDictionary<string, long> Balances)> ReadBalancesAsync(string path, CancellationToken cancel)
    {
        var file = await ImportFile.ReadAsync(path, ["user_id", "balance"], [], cancel);
        var balances = new Dictionary<string, long>(StringComparer.Ordinal);
        if (file.Problems.Count > 0)
            return (file, balances);
        foreach (var line in file.Lines)
        {
            var user = file.User(line);
            if (!balances.TryAdd(user, file.Whole(line, "balance", 0, isRequired: true)))
                file.Problem(line.Number, $"user {user} stands here twice");
        }
        return (file, balances);
    }

    private static int Refuse(CommandScope scope, IReadOnlyList<string> problems) =>
        scope.Output.Fail(ExitCodes.BadInput, [.. problems, $"Nothing was imported: {problems.Count} {(problems.Count == 1 ? "thing is" : "things are")} wrong."]);

    /// <summary>Histories first; then those who have a balance and no history.</summary>
    private static async Task<int> BookAsync(CommandScope scope, IReadOnlyList<ImportRequest> histories, IReadOnlyDictionary<string, long> balances, CancellationToken cancel)
    {
        var refused = new List<string>();
        int accounts = 0, already = 0;
        long rows = 0;
        foreach (var history in histories)
            Count(history.UserId, await scope.Ledger().ImportAsync(history, cancel));
        foreach (var (user, balance) in balances.Where(pair => !histories.Any(history => history.UserId == pair.Key)))
            Count(user, await GrantAsync(scope.Ledger(), user, balance, cancel));
        scope.Output.One(new Imported(accounts, rows, already));
        return refused.Count == 0 ? ExitCodes.Ok : scope.Output.Fail(ExitCodes.Error, refused);

        void Count(string user, ImportAnswer answer)
        {
            accounts += answer.Outcome == ImportOutcome.Imported ? 1 : 0;
            already += answer.Outcome == ImportOutcome.AlreadyImported ? 1 : 0;
            rows += answer.Rows;
            if (answer.Outcome == ImportOutcome.Conflict)
                refused.Add($"User {user} was imported before with other figures. Nothing of theirs was changed.");
            else if (answer.Outcome == ImportOutcome.NotEmpty)
                refused.Add($"User {user} has ledger rows already: a history must come first. Nothing of theirs was changed.");
        }
    }

    private static async Task<ImportAnswer> GrantAsync(Bookkeeper ledger, string user, long balance, CancellationToken cancel)
    {
        if (balance == 0)
            return new ImportAnswer(ImportOutcome.AlreadyImported, 0, await ledger.OpenAsync(user, cancel));
        var answer = await ledger.GrantAsync(new GrantRequest(user, balance, LotKind.Pack, "adjustment", ImportedHistory.SourceKey(user)), cancel);
        return answer.Outcome switch
        {
            GrantOutcome.Granted => new ImportAnswer(ImportOutcome.Imported, 1, answer.Standing),
            GrantOutcome.AlreadyGranted => new ImportAnswer(ImportOutcome.AlreadyImported, 0, answer.Standing),
            GrantOutcome.Conflict => new ImportAnswer(ImportOutcome.Conflict, 0, answer.Standing),
            _ => throw new InvalidOperationException($"No answer for {answer.Outcome}."),
        };
    }
}
