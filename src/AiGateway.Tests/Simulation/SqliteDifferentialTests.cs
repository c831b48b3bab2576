using AiGateway.Tests.Ledger;

namespace AiGateway.Tests.Simulation;

/// <summary>On the embedded database.</summary>
public sealed class SqliteDifferentialTests : DifferentialTests
{
    private protected override async Task<DifferentialDatabase> OpenAsync()
    {
        var box = await LedgerBox.OpenAsync();
        return new DifferentialDatabase(box.Database.OpenStore(), box.DisposeAsync);
    }
}
