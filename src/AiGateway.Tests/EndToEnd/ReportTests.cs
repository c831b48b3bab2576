using System.Globalization;
using System.Text.Json;
using AiGateway.Tests.Ledger;
using AiGateway.Tests.Support;
using Microsoft.Data.Sqlite;

namespace AiGateway.Tests.EndToEnd;

/// <summary>The three reports, as SQL from docs/queries and as the API gives them: the same to the token and the nano-USD.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class ReportTests
{
    private const string From = "2025-01-10T00:00:00.000Z", To = "2025-04-01T00:00:00.000Z";

    /// <summary>Odd figures over four months and three users, with grants, removals and rows outside the span among them.</summary>
    private static string History()
    {
        var lines = new List<string> { "user_id,action_type,tokens_used,cost_nano_usd,openai_model,created_at" };
        foreach (var (user, at) in new[] { "anna", "bob", "carl" }.Select((user, at) => (user, at)))
        {
            lines.Add($"{user},token_pack,-9000000,0,,2025-01-01T00:00:00Z");
            lines.Add($"{user},expiry,777,0,,2025-02-01T00:00:00Z");
            for (var row = 0; row < 40; row++)
                lines.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{user},{(row % 3) switch { 0 => "chat", 1 => "image", _ => "blueprint" }},{101 + row * (37 + at)},{1_000_003L * (row + 1) * (at + 1)},{(row % 5 == 0 ? "my-own-model" : "gpt-4o")},{new DateTime(2025, 1, 3).AddDays(row * (at + 2)):yyyy-MM-dd}T23:59:59.{row:000}Z"));
        }
        return string.Join('\n', lines);
    }

    [Fact]
    public async Task The_sql_and_the_api_say_the_same()
    {
        await using var gateway = await RunningGateway.StartAsync();
        File.WriteAllText(Path.Combine(gateway.Folder, "history.csv"), History());
        // Beside the running gateway, on its own database.
        var settings = new Dictionary<string, string> { ["ConnectionStrings__Ledger"] = $"Data Source={gateway.Database}" };
        (await Verb.RunAsync(gateway.Folder, settings, "import", "transactions", "history.csv")).Expect(0);
        await gateway.BooksBalanceAsync();

        var report = await gateway.Admin.GetAsync($"insights?from={From}&to={To}");
        Assert.Equal(
            Sql(gateway, "average-monthly-usage", "month", "users", "tokens", "average_tokens"),
            Api(report, "average_monthly_usage", "month", "users", "tokens", "average_tokens"));
        Assert.Equal(Sql(gateway, "top-users-this-month", "user_id", "calls", "tokens", "cost_usd"), Api(report, "top_users", "user_id", "calls", "tokens", "cost_usd"));
        Assert.Equal(
            Sql(gateway, "most-expensive-actions", "action_type", "calls", "average_tokens", "tokens", "cost_usd"),
            Api(report, "most_expensive_actions", "action_type", "calls", "average_tokens", "tokens", "cost_usd"));

        var missing = await gateway.Admin.GetAsync("prices/missing");
        Assert.Equal(["my-own-model"], missing.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("model").GetString()));
        var check = (await Verb.RunAsync(gateway.Folder, settings, "prices", "check")).Expect(1).Json;
        Assert.Equal(24, check.EnumerateArray().Single().GetProperty("calls").GetInt32());
    }

    [Fact]
    public void The_sql_counts_what_a_hand_would()
    {
        // Two users in one month: 10 and 15 tokens are 12.5 on average, rounded half up.
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        using var make = connection.CreateCommand();
        make.CommandText = """
            CREATE TABLE token_transactions (account_id, user_id, entry, action_type, tokens_used, cost_nano_usd, created_at);
            INSERT INTO token_transactions VALUES (1, 'a', 'usage', 'chat', 10, 1000000001, '2025-02-01T00:00:00.000Z'),
              (2, 'b', 'usage', 'chat', 15, 1, '2025-02-28T23:59:59.999Z'), (1, 'a', 'grant', 'token_pack', -99, 0, '2025-02-02T00:00:00.000Z'),
              (1, 'a', 'correction', 'correction', 5, 7, '2025-02-03T00:00:00.000Z'), (2, 'b', 'usage', 'chat', 15, 1, '2025-04-01T00:00:00.000Z');
            """;
        make.ExecuteNonQuery();
        Assert.Equal(["2025-02|2|25|13"], Rows(connection, "average-monthly-usage", ["month", "users", "tokens", "average_tokens"]));
        Assert.Equal(["b|1|15|0.000000001", "a|1|10|1.000000001"], Rows(connection, "top-users-this-month", ["user_id", "calls", "tokens", "cost_usd"]));
        Assert.Equal(["chat|2|13|25|1.000000002"], Rows(connection, "most-expensive-actions", ["action_type", "calls", "average_tokens", "tokens", "cost_usd"]));
    }

    private static IReadOnlyList<string> Sql(RunningGateway gateway, string query, params string[] columns)
    {
        using var connection = new LedgerTable(gateway.Database).Open();
        return Rows(connection, query, columns);
    }

    private static List<string> Rows(SqliteConnection connection, string query, string[] columns)
    {
        using var command = connection.CreateCommand();
        command.CommandText = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs", "queries", "sqlite", query + ".sql"));
        command.Parameters.AddWithValue("@from", From);
        command.Parameters.AddWithValue("@to", To);
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(string.Join('|', columns.Select(column => Convert.ToString(reader[column], CultureInfo.InvariantCulture))));
        Assert.NotEmpty(rows);
        return rows;
    }

    private static IEnumerable<string> Api(JsonElement report, string list, params string[] members) =>
        report.GetProperty(list).EnumerateArray().Select(row => string.Join('|', members.Select(member => row.GetProperty(member).ToString())));
}
