using AiGateway.Ledger;
using AiGateway.Tests.Ledger;

namespace AiGateway.Tests.Storage;

/// <summary>The contract over SQL Server's store and statements, on a recorded server.</summary>
public sealed class RecordedSqlServerTests : StoreContract
{
    [Fact]
    public async Task A_connection_that_died_between_two_batches_costs_nobody_a_call()
    {
        RecordedDatabase? recorded = null;
        await using var box = await LedgerBox.OpenAsync(database: path => recorded = new RecordedDatabase(path));
        await box.GrantAsync(100, "g");
        Assert.NotNull(recorded);
        recorded.Server.CutConnections();
        Assert.Equal(HoldOutcome.Held, (await box.HoldAsync(10, "r")).Outcome);
    }

    private protected override Task<Func<string, TestDatabase>> DatabaseAsync() => Task.FromResult<Func<string, TestDatabase>>(path => new RecordedDatabase(path));
}
