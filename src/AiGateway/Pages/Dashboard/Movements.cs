using AiGateway.Insights;

namespace AiGateway.Pages.Dashboard;

/// <summary>Rows of the ledger as a table.</summary>
/// <param name="AreExplained">Each row can be opened, and says why it moved so many.</param>
internal sealed record Movements(IReadOnlyList<TransactionView> Rows, bool AreExplained);
