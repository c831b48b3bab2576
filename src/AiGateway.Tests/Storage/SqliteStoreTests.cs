namespace AiGateway.Tests.Storage;

/// <summary>The contract on the embedded database.</summary>
public sealed class SqliteStoreTests : StoreContract
{
    private protected override Task<Func<string, TestDatabase>> DatabaseAsync() => Task.FromResult<Func<string, TestDatabase>>(path => new SqliteDatabase(path));
}
