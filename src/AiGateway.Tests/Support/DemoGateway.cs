using AiGateway.Tests.ConfigFiles;
using AiGateway.Tests.Ledger;
using Microsoft.Data.Sqlite;

namespace AiGateway.Tests.Support;

/// <summary>The gateway as a fresh clone starts it: demo provider, demo checkout, users with sixty days of their past. Shared by the tests of a class.</summary>
public sealed class DemoGateway : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private GatewayProcess? process;
    private int users;

    internal GatewayProcess Process => process ?? throw new InvalidOperationException("Not started.");

    internal AdminClient Admin => new(Process.Client, RunningGateway.AdminKey);

    internal string Folder => folder.Root;

    internal LedgerTable Table => new(folder.File("gateway.db"));

    /// <summary>A user id that no other test has, and no user of the demo.</summary>
    public string NextUser() => $"user-{Interlocked.Increment(ref users)}";

    /// <summary>A second node, or the same again after a restart, on the same database.</summary>
    internal GatewayProcess Another() => new(folder.Root, Environment);

    private Dictionary<string, string> Environment => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Development", ["Admin__Key"] = RunningGateway.AdminKey, ["ConnectionStrings__Ledger"] = $"Data Source={folder.File("gateway.db")}",
    };

    public async ValueTask InitializeAsync()
    {
        Shipped.CopyTo(folder.Root);
        process = Another();
        await process.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
        SqliteConnection.ClearAllPools();
        folder.Dispose();
    }
}
