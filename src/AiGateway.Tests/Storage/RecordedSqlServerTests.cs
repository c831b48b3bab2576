namespace AiGateway.Tests.Storage;

/// <summary>The contract over SQL Server's store and statements, on a recorded server.</summary>
public sealed class RecordedSqlServerTests : StoreContract
{
    private protected override Task<Func<string, TestDatabase>> DatabaseAsync() => Task.FromResult<Func<string, TestDatabase>>(path => new RecordedDatabase(path));
}
