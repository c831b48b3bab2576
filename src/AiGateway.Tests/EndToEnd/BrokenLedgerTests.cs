using AiGateway.Tests.Support;
using Microsoft.Data.Sqlite;

namespace AiGateway.Tests.EndToEnd;

/// <summary>No ledger, no call: where nothing can be written, nothing goes up.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class BrokenLedgerTests
{
    private const string Ask = """{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":50}""";
    private static readonly TimeSpan RefusalBound = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task A_locked_database_refuses_calls_within_three_seconds_and_lets_them_through_when_it_is_free_again()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var caller = gateway.Caller(await gateway.NewUserAsync("anna", 100_000));
        await using (var other = new SqliteConnection($"Data Source={gateway.Database};Pooling=False"))
        {
            await other.OpenAsync(TestContext.Current.CancellationToken);
            await using var locking = other.CreateCommand();
            locking.CommandText = "BEGIN EXCLUSIVE";
            await locking.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

            var began = TimeProvider.System.GetTimestamp();
            using var answer = await caller.ChatAsync(Ask);
            await answer.RefusedAsync(503, "ledger_unavailable");
            Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, RefusalBound);
            Assert.Equal(0, gateway.Provider.Count);

            locking.CommandText = "ROLLBACK";
            await locking.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
        await WorksAgainAsync(caller);
        await gateway.NothingHeldAsync();
        await gateway.BooksBalanceAsync();
    }

    [Fact]
    public async Task A_database_that_takes_no_more_holds_refuses_calls_until_it_does_again()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var caller = gateway.Caller(await gateway.NewUserAsync("anna", 100_000));
        // Fails every write of a hold as a full disk would; unlike a read-only file, also for a user who may write anything.
        await ExecuteAsync(gateway, "CREATE TRIGGER full_disk BEFORE INSERT ON token_holds BEGIN SELECT RAISE(ABORT, 'disk is full'); END");
        using (var answer = await caller.ChatAsync(Ask))
            await answer.RefusedAsync(503, "ledger_unavailable");
        Assert.Equal(0, gateway.Provider.Count);
        await ExecuteAsync(gateway, "DROP TRIGGER full_disk");
        await WorksAgainAsync(caller);
        await gateway.NothingHeldAsync();
        await gateway.BooksBalanceAsync();
    }

    [Fact]
    public async Task A_database_file_that_may_only_be_read_lets_no_call_through()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Needs Unix file modes.");
            return;
        }
        await using var gateway = await RunningGateway.StartAsync();
        var key = await gateway.NewUserAsync("anna", 100_000);
        await gateway.Process.StopAsync();
        var folder = Path.GetDirectoryName(gateway.Database) ?? "";
        File.SetUnixFileMode(gateway.Database, UnixFileMode.UserRead);
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            Assert.SkipWhen(CanWrite(gateway.Database), "This user may write any file, whatever its mode: run as another than root.");
            await ServesNothingAsync(gateway, key);
        }
        finally
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task A_database_that_cannot_be_made_lets_no_call_through()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var key = await gateway.NewUserAsync("anna", 100_000);
        await gateway.Process.StopAsync();
        // A file stands where its folder would have to be.
        gateway.Process.Set("ConnectionStrings__Ledger", $"Data Source={Path.Combine(gateway.Database, "gateway.db")}");
        await ServesNothingAsync(gateway, key);
    }

    /// <summary>Either it does not start and says why, or it starts, is not ready, and refuses.</summary>
    private static async Task ServesNothingAsync(RunningGateway gateway, MadeKey key)
    {
        gateway.Process.Launch();
        HttpResponseMessage? answer = null;
        await Eventually.TrueAsync(async () => gateway.Process.HasExited || (answer = await TryAsync(gateway.Caller(key))) is not null, "it exits or answers");
        if (answer is null)
        {
            Assert.NotEqual(0, await gateway.Process.ExitedAsync());
            // ConnectionStrings__Ledger, or the ledger in words: whoever started it learns what is wrong.
            Assert.Contains("ledger", gateway.Process.Output, StringComparison.OrdinalIgnoreCase);
        }
        else
        {
            await answer.RefusedAsync(503, "ledger_unavailable");
            Assert.False(await gateway.Process.IsReadyAsync(), "It says that it is ready.");
            answer.Dispose();
        }
        Assert.Equal(0, gateway.Provider.Count);
    }

    private static Task WorksAgainAsync(CallerClient caller) => Eventually.TrueAsync(
        async () =>
        {
            using var again = await caller.ChatAsync(Ask);
            return again.IsSuccessStatusCode;
        },
        "calls go through again");

    private static async Task ExecuteAsync(RunningGateway gateway, string sql)
    {
        await using var other = new SqliteConnection($"Data Source={gateway.Database};Pooling=False");
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = other.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static bool CanWrite(string file)
    {
        try
        {
            using var open = File.Open(file, FileMode.Open, FileAccess.Write);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false; // As intended.
        }
    }

    private static async Task<HttpResponseMessage?> TryAsync(CallerClient caller)
    {
        try
        {
            return await caller.ChatAsync(Ask);
        }
        catch (HttpRequestException)
        {
            return null; // Not listening, or not yet.
        }
    }
}
