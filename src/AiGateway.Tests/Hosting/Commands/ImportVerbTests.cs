using AiGateway.Tests.EndToEnd;
using AiGateway.Tests.Ledger;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.Hosting.Commands;

/// <summary>Existing users come over with what they have and what they did.</summary>
[Collection(PatientGroup.Name)]
public sealed class ImportVerbTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();

    private LedgerTable Table => new(folder.File("data/gateway.db"));

    public async ValueTask InitializeAsync() => await EmptyDatabase.WriteAsync(folder.File("data/gateway.db"));

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<Verb> RunAsync(params string[] arguments) => Verb.RunAsync(folder.Root, arguments);

    private void Write(string file, string text) => File.WriteAllText(folder.File(file), text);

    [Fact]
    public async Task Balances_open_accounts_and_a_second_run_changes_nothing()
    {
        Write("balances.csv", "user_id,balance\nanna,1000\n\"o'neil, jr\",0\nbob,250\n");
        Assert.Equal(2, (await RunAsync("import", "balances", "balances.csv")).Expect(0).Json.GetProperty("accounts").GetInt32());
        var before = Table.Rows("SELECT user_id, balance FROM accounts ORDER BY user_id");
        Assert.Equal("anna|1000\nbob|250\no'neil, jr|0", before);
        Assert.Equal(0, (await RunAsync("import", "balances", "balances.csv")).Expect(0).Json.GetProperty("accounts").GetInt32());
        Assert.Equal(before, Table.Rows("SELECT user_id, balance FROM accounts ORDER BY user_id"));
        Assert.Equal(2, Table.Number("SELECT COUNT(*) FROM token_transactions"));
        (await RunAsync("audit", "--at-rest")).Expect(0);
    }

    [Fact]
    public async Task A_history_comes_over_with_its_times_costs_and_balances()
    {
        Write("history.csv", """
            id,user_id,action_type,tokens_used,tokens_remaining,estimated_cost_usd,openai_model,prompt_tokens,completion_tokens,metadata,created_at
            7f0d3c1e-0000-4000-8000-000000000001,anna,subscription_grant,-5000,5000,,,,,,2026-01-01T00:00:00Z
            7f0d3c1e-0000-4000-8000-000000000002,anna,chat,1200,3800,0.024000,gpt-4o,1000,200,"{""topic"":""a, b""}",2026-01-02T10:00:00Z
            7f0d3c1e-0000-4000-8000-000000000003,anna,image,300,3500,0.04,dall-e-3,,,,2026-01-03T10:00:00Z
            9,bob,chat,100,900,,,,,,2026-01-02 10:00:00
            """);
        var imported = (await RunAsync("import", "transactions", "history.csv")).Expect(0).Json;
        Assert.Equal((2, 5), (imported.GetProperty("accounts").GetInt32(), imported.GetProperty("rows").GetInt32()));
        Assert.Equal("anna|3500\nbob|900", Table.Rows("SELECT user_id, balance FROM accounts ORDER BY user_id"));
        Assert.Equal("7F0D3C1E-0000-4000-8000-000000000002|3800|24000000|0.024|2026-01-02T10:00:00.000Z|{\"topic\":\"a, b\"}",
            Table.Rows("SELECT id, tokens_remaining, cost_nano_usd, estimated_cost_usd, created_at, metadata FROM token_transactions WHERE action_type = 'chat' AND user_id = 'anna'"));
        (await RunAsync("audit", "--at-rest")).Expect(0);
        Assert.Equal(2, (await RunAsync("import", "transactions", "history.csv")).Expect(0).Json.GetProperty("already_imported").GetInt32());
        Assert.Equal(5, Table.Number("SELECT COUNT(*) FROM token_transactions"));
    }

    [Fact]
    public async Task A_history_beside_its_balances_ends_with_them()
    {
        Write("balances.csv", "user_id,balance\nanna,700\ncarl,50\n");
        Write("history.csv", "user_id,action_type,tokens_used,created_at\nanna,chat,200,2026-01-02T10:00:00Z\nanna,chat,100,2026-01-01T10:00:00Z\n");
        (await RunAsync("import", "transactions", "history.csv", "--balances", "balances.csv")).Expect(0);
        Assert.Equal("anna|700\ncarl|50", Table.Rows("SELECT user_id, balance FROM accounts ORDER BY user_id"));
        Assert.Equal("1000\n900\n700", Table.Rows("SELECT tokens_remaining FROM token_transactions WHERE user_id = 'anna' ORDER BY seq"));
        (await RunAsync("audit", "--at-rest")).Expect(0);
        Assert.Contains("imported before", (await RunAsync("import", "balances", "balances.csv")).Expect(1).Errors, StringComparison.Ordinal);
        Assert.Equal(700, Table.Number("SELECT balance FROM accounts WHERE user_id = 'anna'"));
    }

    [Fact]
    public async Task Every_bad_line_is_named_at_once_and_nothing_is_imported()
    {
        Write("balances.csv", "user_id,balance\nanna,1000\n,5\nbob,many\nanna,2\ncarl,-1\ndora\n");
        var refused = (await RunAsync("import", "balances", "balances.csv")).Expect(2);
        Assert.All(["(7): has 1 fields"], text => Assert.Contains(text, refused.Errors, StringComparison.Ordinal));
        Write("balances.csv", "user_id,balance\nanna,1000\n,5\nbob,many\nanna,2\ncarl,-1\n");
        refused = (await RunAsync("import", "balances", "balances.csv")).Expect(2);
        Assert.All(["(3): user_id", "(4): balance", "(5): user anna", "(6): balance"], text => Assert.Contains(text, refused.Errors, StringComparison.Ordinal));
        Write("history.csv", """
            user_id,action_type,tokens_used,tokens_remaining,metadata,created_at
            anna,chat,10,90,,2026-01-01T00:00:00Z
            anna,chat,10,85,,2026-01-02T00:00:00Z
            anna,chat,x,85,,2026-01-03T00:00:00Z
            anna,,0,85,[1],2099-01-03T00:00:00Z
            """);
        refused = (await RunAsync("import", "transactions", "history.csv")).Expect(2);
        Assert.All(["(3): tokens_remaining is 85", "(4): tokens_used", "(5): action_type", "(5): metadata", "(5): created_at"], text => Assert.Contains(text, refused.Errors, StringComparison.Ordinal));
        Write("history.csv", "user_id,action_typ,tokens_used,created_at\n");
        Assert.Contains("did you mean \"action_type\"", (await RunAsync("import", "transactions", "history.csv")).Expect(2).Errors, StringComparison.Ordinal);
        Assert.Equal(0, Table.Number("SELECT COUNT(*) FROM accounts"));
    }

    [Fact]
    public async Task What_was_exported_comes_over_whole()
    {
        Write("history.csv", "user_id,action_type,tokens_used,cost_nano_usd,created_at\nanna,token_pack,-900,0,2026-01-01T00:00:00Z\nanna,chat,200,1234567,2026-01-02T10:00:00.123Z\n");
        (await RunAsync("import", "transactions", "history.csv")).Expect(0);
        Write("copy.csv", (await RunAsync("transactions", "export", "--format", "csv")).Expect(0).Output);
        var rows = Table.Rows("SELECT id, user_id, entry, tokens_used, tokens_remaining, cost_nano_usd, created_at FROM token_transactions ORDER BY seq");
        using var other = new TempFolder();
        await EmptyDatabase.WriteAsync(other.File("data/gateway.db"));
        (await Verb.RunAsync(other.Root, "import", "transactions", folder.File("copy.csv"))).Expect(0);
        Assert.Equal(rows, new LedgerTable(other.File("data/gateway.db")).Rows("SELECT id, user_id, entry, tokens_used, tokens_remaining, cost_nano_usd, created_at FROM token_transactions ORDER BY seq"));
    }
}
