using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AiGateway.Tests.Support;
using Microsoft.Data.Sqlite;

namespace AiGateway.Tests.EndToEnd;

/// <summary>The gateway is killed at each moment of a call that has a name; what its caller saw, what the provider served and what the books say must agree.</summary>
[Collection(PatientGroup.Name)]
public sealed class KillMomentTests(KillMomentTests.Mortal shared) : IClassFixture<KillMomentTests.Mortal>
{
    /// <summary>How often each moment is met; the ordinary run meets each once.</summary>
    private const string TimesVariable = "AIGATEWAY_KILL_TIMES";
    private const string Ask = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";
    private const string AskStream = """{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";
    private static readonly TimeSpan HoldExpiry = TimeSpan.FromSeconds(3);

    private static int Times => int.TryParse(Environment.GetEnvironmentVariable(TimesVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? asked : 1;

    [Fact]
    public async Task Killed_when_it_holds_and_has_heard_nothing_from_the_provider_it_presumes_the_call() => await RepeatAsync(async (gateway, key, user) =>
    {
        // Whoever connects waits for ever: nothing is accepted, and nothing is served.
        using var deaf = new TcpListener(IPAddress.Loopback, 0);
        deaf.Start();
        await gateway.Process.KillAsync();
        gateway.Process.Set("OPENAI_BASE_URL", $"http://{deaf.LocalEndpoint}/v1");
        await gateway.Process.StartAsync();
        var call = CallAsync(gateway, key, Ask);
        await Eventually.TrueAsync(async () => (await gateway.Admin.HoldsAsync()).Count == 1, "the call holds");
        await gateway.Process.KillAsync();
        Assert.Null(await call);
        gateway.Process.Set("OPENAI_BASE_URL", gateway.Provider.BaseUrl);
        var row = await ChargeAfterRestartAsync(gateway, user);
        Assert.Equal("presumed", row.GetProperty("usage_source").GetString());
    });

    [Fact]
    public async Task Killed_after_the_call_went_up_it_presumes_the_call() => await RepeatAsync(async (gateway, key, user) =>
    {
        var gate = new Gate();
        gateway.Provider.Enqueue(FakeAnswer.Json(FakeChat.Whole) with { BeforeHeaders = gate });
        var call = CallAsync(gateway, key, Ask);
        await Eventually.TrueAsync(() => gateway.Provider.Running == 1, "the call went up");
        await gateway.Process.KillAsync();
        Assert.Null(await call);
        gate.Open();
        var row = await ChargeAfterRestartAsync(gateway, user);
        Assert.Equal("presumed", row.GetProperty("usage_source").GetString());
    });

    [Fact]
    public async Task Killed_in_the_middle_of_a_stream_it_presumes_the_call() => await RepeatAsync(async (gateway, key, user) =>
    {
        var rest = new Gate();
        gateway.Provider.Enqueue(FakeAnswer.Events(FakeChat.Stream(withUsage: true).Select((each, at) => FakePiece.Of(each, at == 4 ? rest : null))));
        using var answer = await gateway.Caller(key).ChatAsync(AskStream);
        await using var stream = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        Assert.True(await stream.ReadAsync(new byte[16], TestContext.Current.CancellationToken) > 0);
        await gateway.Process.KillAsync();
        rest.Open();
        var row = await ChargeAfterRestartAsync(gateway, user);
        Assert.Equal("presumed", row.GetProperty("usage_source").GetString());
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_after_the_providers_last_byte_it_charges_the_call_and_exactly_if_the_spool_has_it(bool isKept) => await RepeatAsync(async (gateway, key, user) =>
    {
        var rest = new Gate();
        gateway.Provider.Enqueue(FakeAnswer.Events(FakeChat.Stream(withUsage: true).Select((each, at) => FakePiece.Of(each, at == 4 ? rest : null))));
        var before = gateway.Process.Wrote("is kept in");
        var call = CallAsync(gateway, key, AskStream);
        await Eventually.TrueAsync(() => gateway.Provider.Running == 1, "the call went up");
        await using (var other = new SqliteConnection($"Data Source={gateway.Database};Pooling=False"))
        {
            await other.OpenAsync(TestContext.Current.CancellationToken);
            // Nothing can be charged from here on.
            await RunAsync(other, "BEGIN EXCLUSIVE");
            rest.Open();
            await Eventually.TrueAsync(() => gateway.Provider.Running == 0, "the provider has sent all of it");
            if (isKept)
                await Eventually.TrueAsync(() => gateway.Process.Wrote("is kept in") > before, "the spool has the charge");
            await gateway.Process.KillAsync();
            await RunAsync(other, "ROLLBACK");
        }
        await call;
        var row = await ChargeAfterRestartAsync(gateway, user);
        if (isKept)
            Assert.Equal(("reported", FakeChat.TotalTokens), (row.GetProperty("usage_source").GetString(), row.GetProperty("tokens_used").GetInt64()));
    });

    [Fact]
    public async Task Killed_after_the_commit_and_before_the_answers_end_it_has_charged_the_call_once() => await RepeatAsync(async (gateway, key, user) =>
    {
        var call = CallAsync(gateway, key, Ask);
        await using (var other = new SqliteConnection($"Data Source={gateway.Database};Pooling=False;Mode=ReadOnly"))
        {
            await other.OpenAsync(TestContext.Current.CancellationToken);
            while (await CountAsync(other, $"SELECT count(*) FROM token_transactions WHERE entry = 'usage' AND user_id = '{user}'") == 0)
                await Task.Yield();
        }
        await gateway.Process.KillAsync();
        await call;
        var row = await ChargeAfterRestartAsync(gateway, user);
        Assert.Equal(("reported", FakeChat.TotalTokens), (row.GetProperty("usage_source").GetString(), row.GetProperty("tokens_used").GetInt64()));
    });

    /// <summary>A gateway whose holds end soon. It is killed by each test, and up again behind it.</summary>
    public sealed class Mortal : SharedGateway
    {
        private protected override Task<RunningGateway> StartAsync()
        {
            var settings = RunningGateway.WithoutHourlyLimit();
            settings["Ledger__HoldExpiry"] = HoldExpiry.ToString("c", CultureInfo.InvariantCulture);
            return RunningGateway.StartAsync(settings);
        }
    }

    private async Task RepeatAsync(Func<RunningGateway, MadeKey, string, Task> kill)
    {
        var gateway = shared.Fresh();
        // A test that failed may have left it dead.
        if (gateway.Process.HasExited)
            await gateway.Process.StartAsync();
        for (var time = 0; time < Times; time++)
        {
            var user = shared.NextUser();
            await kill(gateway, await gateway.NewUserAsync(user, 100_000), user);
        }
    }

    /// <summary>Starts it again; by then the one call of this user is charged once, nothing is held, the books balance, and calls are served.</summary>
    private static async Task<JsonElement> ChargeAfterRestartAsync(RunningGateway gateway, string user)
    {
        await gateway.Process.StartAsync();
        var began = TimeProvider.System.GetTimestamp();
        var next = await gateway.NewUserAsync($"next-{user}", 100_000);
        using (var answer = await gateway.Caller(next).ChatAsync(Ask))
            Assert.Equal(200, (int)answer.StatusCode);
        TestContext.Current.TestOutputHelper?.WriteLine($"first call served {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F1} s after it was ready");
        await gateway.NothingHeldAsync();
        var row = Assert.Single(await gateway.Admin.ChargesAsync(user, 1));
        Assert.Equal(100_000 - row.GetProperty("tokens_used").GetInt64(), await gateway.Admin.TokensOfAsync(user));
        await gateway.BooksBalanceAsync();
        return row;
    }

    /// <returns>The body; null: it broke off.</returns>
    private static async Task<string?> CallAsync(RunningGateway gateway, MadeKey key, string ask)
    {
        try
        {
            using var answer = await gateway.Caller(key).ChatAsync(ask);
            return Encoding.UTF8.GetString(await answer.BytesAsync());
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            return null; // Killed under this call.
        }
    }

    private static async Task RunAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<long> CountAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
    }
}
