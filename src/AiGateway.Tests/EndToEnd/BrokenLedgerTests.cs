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
        await Eventually.TrueAsync(
            async () =>
            {
                using var again = await caller.ChatAsync(Ask);
                return again.IsSuccessStatusCode;
            },
            "calls go through again");
        await gateway.NothingHeldAsync();
        await gateway.BooksBalanceAsync();
    }

    [Fact]
    public async Task A_database_that_cannot_be_written_lets_no_call_through()
    {
        await using var gateway = await RunningGateway.StartAsync();
        var key = await gateway.NewUserAsync("anna", 100_000);
        await gateway.Process.StopAsync();
        gateway.Process.Set("ConnectionStrings__Ledger", $"Data Source={gateway.Database};Mode=ReadOnly");
        await ServesNothingAsync(gateway, key);
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
            Assert.NotEqual(0, gateway.Process.ExitCode);
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
