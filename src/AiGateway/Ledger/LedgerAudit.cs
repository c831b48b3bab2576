using AiGateway.Storage;
namespace AiGateway.Ledger;
internal sealed record Violation(string Invariant, string UserId, string Detail);
internal sealed class LedgerAudit(LedgerStore store) { public LedgerStore Store => store; public Task<IReadOnlyList<Violation>> RunAsync(CancellationToken cancel) => throw new NotImplementedException(); }
