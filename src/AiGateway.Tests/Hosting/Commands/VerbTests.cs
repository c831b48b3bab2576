using AiGateway.Tests.EndToEnd;
using AiGateway.Tests.Ledger;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.Hosting.Commands;

/// <summary>The command line as an operator's script uses it: JSON on stdout, everything else on stderr, and an exit code that says how it went.</summary>
[Collection(PatientGroup.Name)]
public sealed class VerbTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Task<Verb> RunAsync(params string[] arguments) => Verb.RunAsync(folder.Root, arguments);

    private LedgerTable Table => new(folder.File("data/gateway.db"));

    [Fact]
    public async Task A_user_is_opened_granted_suspended_and_shown()
    {
        await EmptyDatabase.WriteAsync(folder.File("data/gateway.db"));
        Assert.Equal("active", (await RunAsync("users", "open", "anna")).Expect(0).Json.GetProperty("status").GetString());
        var granted = (await RunAsync("grants", "add", "anna", "1000", "--source-key", "k1")).Expect(0).Json;
        Assert.False(granted.GetProperty("already_granted").GetBoolean());
        Assert.True((await RunAsync("grants", "add", "anna", "1000", "--source-key", "k1")).Expect(0).Json.GetProperty("already_granted").GetBoolean());
        (await RunAsync("grants", "add", "anna", "1001", "--source-key", "k1")).Expect(1);
        Assert.Equal(1000, (await RunAsync("balance", "anna")).Expect(0).Json.GetProperty("balance").GetInt64());
        Assert.Equal("suspended", (await RunAsync("users", "suspend", "anna")).Expect(0).Json.GetProperty("status").GetString());
        Assert.Equal("active", (await RunAsync("users", "resume", "anna")).Expect(0).Json.GetProperty("status").GetString());
        Assert.Equal(["anna"], (await RunAsync("users", "list", "--json")).Expect(0).Json.EnumerateArray().Select(user => user.GetProperty("user_id").GetString()));
        Assert.True((await RunAsync("audit")).Expect(0).Json.GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task A_key_is_made_rotated_and_revoked()
    {
        await EmptyDatabase.WriteAsync(folder.File("data/gateway.db"));
        var made = (await RunAsync("keys", "make", "--kind", "user", "--user", "anna", "--name", "laptop")).Expect(0).Json;
        Assert.StartsWith("agw_usr_", made.GetProperty("key").GetString(), StringComparison.Ordinal);
        var id = made.GetProperty("id").GetString() ?? "";
        var rotated = (await RunAsync("keys", "rotate", id, "--overlap-seconds", "0")).Expect(0).Json.GetProperty("id").GetString() ?? "";
        Assert.NotEqual(id, rotated);
        (await RunAsync("keys", "revoke", rotated)).Expect(0);
        var listed = (await RunAsync("keys", "list")).Expect(0);
        Assert.Equal(2, listed.Json.EnumerateArray().Count(key => key.GetProperty("revoked_at").GetString() is not null));
        Assert.DoesNotContain("secret", listed.Output, StringComparison.OrdinalIgnoreCase);
        (await RunAsync("keys", "revoke", "nobody")).Expect(1);
    }

    [Fact]
    public async Task What_does_not_parse_is_bad_input_and_what_cannot_be_is_too()
    {
        Assert.Contains("bogus", (await RunAsync("bogus")).Expect(2).Errors, StringComparison.Ordinal);
        (await RunAsync("grants", "add", "anna", "many", "--source-key", "k")).Expect(2);
        await EmptyDatabase.WriteAsync(folder.File("data/gateway.db"));
        (await RunAsync("grants", "add", "anna", "0", "--source-key", "k")).Expect(2);
        (await RunAsync("keys", "make", "--kind", "user", "--name", "no user")).Expect(2);
        (await RunAsync("transactions", "export", "--from", "yesterday")).Expect(2);
    }

    [Fact]
    public async Task Without_a_database_or_with_wrong_settings_a_verb_says_how_to_mend_it()
    {
        Assert.Contains("db migrate", (await RunAsync("users", "list")).Expect(78).Errors, StringComparison.Ordinal);
        Assert.Equal("missing", (await RunAsync("db", "status")).Expect(78).Json.GetProperty("schema").GetString());
        Assert.Contains("Ledger__HoldExpiry", (await Verb.RunAsync(folder.Root, new Dictionary<string, string> { ["Ledger__HoldExpiry"] = "soon" }, "users", "list")).Expect(78).Errors, StringComparison.Ordinal);
        Assert.Contains("CREATE TABLE", (await RunAsync("db", "script")).Expect(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Books_that_do_not_balance_have_their_own_exit_code()
    {
        (await RunAsync("demo", "seed")).Expect(0);
        Table.Run("UPDATE accounts SET balance = balance + 1 WHERE user_id = 'demo-user'");
        var audit = (await RunAsync("audit")).Expect(3).Json;
        Assert.False(audit.GetProperty("ok").GetBoolean());
        Assert.Contains(audit.GetProperty("violations").EnumerateArray(), violation => violation.GetProperty("row").GetString() == "user demo-user");
    }

    [Fact]
    public async Task Production_takes_no_demo_users() =>
        (await Verb.RunAsync(folder.Root, new Dictionary<string, string> { ["ASPNETCORE_ENVIRONMENT"] = "Production" }, "demo", "seed")).Expect(78);

    [Fact]
    public async Task The_ledger_is_exported_as_lines_of_json_and_as_csv()
    {
        (await RunAsync("demo", "seed")).Expect(0);
        var rows = Table.Number("SELECT count(*) FROM token_transactions");
        Assert.Equal(rows, (await RunAsync("transactions", "export")).Expect(0).JsonLines.Count);
        Assert.Equal(
            Table.Number("SELECT count(*) FROM token_transactions WHERE user_id = 'demo-low'"), (await RunAsync("transactions", "export", "--user", "demo-low")).Expect(0).JsonLines.Count);
        var csv = (await RunAsync("transactions", "export", "--format", "csv")).Expect(0).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("id,user_id,entry,action_type,tokens_used,", csv[0], StringComparison.Ordinal);
        Assert.Equal(rows + 1, csv.Length);
        Assert.Empty((await RunAsync("transactions", "export", "--from", "2099-01-01")).Expect(0).JsonLines);
    }

    [Fact]
    public async Task A_routes_file_is_validated_with_its_lines_and_a_route_is_explained()
    {
        File.WriteAllText(folder.File("bad.json"), """
            {
              "ReverseProxy": {
                "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/a" }, "Metadata": { "Metering.Knd": "openai.chat" } } },
                "Clusters": { "c": { "Destinations": { "d": { "Address": "https://example.com" } } } }
              }
            }
            """);
        var problems = (await RunAsync("routes", "validate", "bad.json")).Expect(2).Json.EnumerateArray().ToList();
        Assert.Contains(problems, problem => problem.GetProperty("line").GetInt32() == 3 && (problem.GetProperty("message").GetString() ?? "").Contains("Metering.Kind", StringComparison.Ordinal));
        (await RunAsync("routes", "validate")).Expect(0);
        var explained = (await RunAsync("routes", "explain", "POST", "/chat/completions")).Expect(0).Json;
        Assert.Equal(("chat-completions", "/v1/chat/completions"), (explained.GetProperty("route").GetString(), explained.GetProperty("path").GetString()));
        (await RunAsync("routes", "explain", "GET", "/nowhere")).Expect(1);
    }

    [Fact]
    public async Task Models_without_a_price_are_named()
    {
        Assert.Equal(["my-own-model"], (await RunAsync("prices", "check", "gpt-4o", "my-own-model")).Expect(1).Json.EnumerateArray().Select(model => model.GetProperty("model").GetString()));
        (await RunAsync("prices", "check", "gpt-4o")).Expect(0);
    }

    [Fact]
    public async Task Doctor_says_of_each_part_whether_it_is_fine()
    {
        await EmptyDatabase.WriteAsync(folder.File("data/gateway.db"));
        var findings = (await RunAsync("doctor")).Expect(0).Json.EnumerateArray().ToDictionary(finding => finding.GetProperty("check").GetString() ?? "", finding => finding.GetProperty("state").GetString());
        Assert.Equal("ok", findings["database"]);
        Assert.Equal("ok", findings["clock"]);
        Assert.Equal("warning", findings["provider"]);
        var production = (await Verb.RunAsync(folder.Root, new Dictionary<string, string> { ["ASPNETCORE_ENVIRONMENT"] = "Production" }, "doctor")).Expect(78);
        Assert.Contains(production.Json.EnumerateArray(), finding => (finding.GetProperty("found").GetString() ?? "").Contains("Admin__Key", StringComparison.Ordinal) && finding.GetProperty("fix").GetString() is not null);
    }

    [Fact]
    public async Task Help_names_every_verb()
    {
        var help = (await RunAsync("--help")).Expect(0).Output;
        Assert.All(["serve", "users", "keys", "grants", "balance", "transactions", "import", "routes", "prices", "audit", "db", "demo", "doctor", "schemas"],
            verb => Assert.Contains($"\n  {verb}", help.Replace("\r", ""), StringComparison.Ordinal));
    }
}
