using AiGateway.Accounts;
using AiGateway.Ledger;
using AiGateway.Tests.Ledger;
using AiGateway.Tests.Storage.TSql;
using Microsoft.Extensions.Logging.Abstractions;

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

    [Theory]
    [InlineData(TSqlAbsence.PoolIsUsedUp)]
    [InlineData(TSqlAbsence.Silent)]
    public async Task Without_a_connection_keys_are_unavailable_and_nobody_waits_for_ever(TSqlAbsence absence)
    {
        RecordedDatabase? recorded = null;
        await using var box = await LedgerBox.OpenAsync(database: path => recorded = new RecordedDatabase(path));
        Assert.NotNull(recorded);
        recorded.Server.Absence = absence;
        using var version = new KeyListVersion(recorded.Connections, box.Clock, NullLogger<KeyListVersion>.Instance);
        await Assert.ThrowsAsync<KeysUnavailableException>(() => new KeyRing(recorded.Connections, version, box.Clock).CheckAsync($"{KeyMaker.Make(KeyKind.App)}", LedgerBox.Cancel));
    }

    private protected override Task<Func<string, TestDatabase>> DatabaseAsync() => Task.FromResult<Func<string, TestDatabase>>(path => new RecordedDatabase(path));
}
