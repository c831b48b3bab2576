using AiGateway.Tests.Ledger;
using AiGateway.Tests.Storage;

namespace AiGateway.Tests.Simulation;

/// <summary>SQL Server's store and statements, on the recorded server.</summary>
public sealed class SqlServerDifferentialTests : DifferentialTests
{
    private protected override async Task<DifferentialDatabase> OpenAsync()
    {
        var box = await LedgerBox.OpenAsync(database: path => new RecordedDatabase(path));
        return new DifferentialDatabase(box.Database.OpenStore(), box.DisposeAsync);
    }
}
