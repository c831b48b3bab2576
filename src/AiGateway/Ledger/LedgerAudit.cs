using AiGateway.Storage;
namespace AiGateway.Ledger;
internal sealed class LedgerAudit(LedgerStore store) { public LedgerStore Store => store; }
