using System.Data;
using System.Data.Common;
using AiGateway.Accounts;
using AiGateway.Api;
using AiGateway.Ledger;
using AiGateway.Pages;
using AiGateway.Storage;
using AiGateway.Tests.Ledger;
using AiGateway.Tests.Storage.TSql;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
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

    [Theory]
    [InlineData(TSqlAbsence.PoolIsUsedUp)]
    [InlineData(TSqlAbsence.Silent)]
    public async Task Without_a_connection_who_reads_by_a_context_gets_the_answer_of_an_absent_database(TSqlAbsence absence)
    {
        RecordedDatabase? recorded = null;
        await using var box = await LedgerBox.OpenAsync(database: path => recorded = new RecordedDatabase(path));
        Assert.NotNull(recorded);
        recorded.Server.Absence = absence;
        var context = EndpointFilterInvocationContext.Create(new DefaultHttpContext());
        var answer = await new LedgerErrors().InvokeAsync(context, async _ => await CountAsync(recorded));
        Assert.Equal(StatusCodes.Status503ServiceUnavailable, Assert.IsAssignableFrom<IStatusCodeHttpResult>(answer).StatusCode);
        Assert.IsType<Html>(await new PageErrors().InvokeAsync(context, async _ => await CountAsync(recorded)));
        recorded.Server.Absence = TSqlAbsence.None;
        Assert.Equal(0, await new LedgerErrors().InvokeAsync(context, async _ => await CountAsync(recorded)));
    }

    [Fact]
    public async Task A_context_gives_its_connection_back_when_it_has_read()
    {
        RecordedDatabase? recorded = null;
        await using var box = await LedgerBox.OpenAsync(database: path => recorded = new RecordedDatabase(path));
        Assert.NotNull(recorded);
        await using var db = await recorded.Contexts.CreateDbContextAsync(LedgerBox.Cancel);
        Assert.Equal(0, await db.Accounts.CountAsync(LedgerBox.Cancel));
        Assert.Equal(ConnectionState.Closed, db.Database.GetDbConnection().State);
        Assert.Equal(0, await db.Accounts.CountAsync(LedgerBox.Cancel));
    }

    [Fact]
    public async Task Where_nobody_listens_the_drivers_own_error_arrives()
    {
        await using var db = new SqlServerDbFactory(new SqlServerSource("Server=tcp:127.0.0.1,1;Database=nobody;User ID=nobody;Password=nobody")).CreateDbContext();
        await Assert.ThrowsAnyAsync<DbException>(() => db.Accounts.CountAsync(LedgerBox.Cancel));
    }

    [Fact]
    public void What_the_driver_says_is_not_hidden_in_an_advice_to_retry()
    {
        using var db = new RecordedDatabase("unused").Contexts.CreateDbContext();
        var lost = new TimeoutException();
        Assert.Same(lost, Assert.Throws<TimeoutException>(() => db.Database.CreateExecutionStrategy().Execute(() => throw lost)));
    }

    private static async Task<int> CountAsync(RecordedDatabase recorded)
    {
        await using var db = await recorded.Contexts.CreateDbContextAsync(LedgerBox.Cancel);
        return await db.Accounts.CountAsync(LedgerBox.Cancel);
    }

    private protected override Task<Func<string, TestDatabase>> DatabaseAsync() => Task.FromResult<Func<string, TestDatabase>>(path => new RecordedDatabase(path));
}
