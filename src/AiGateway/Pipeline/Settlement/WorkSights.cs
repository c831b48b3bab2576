using System.Data.Common;
using AiGateway.Charging;
using AiGateway.Ledger;
using AiGateway.Routes;
using AiGateway.Telemetry;
using AiGateway.Usage;

namespace AiGateway.Pipeline.Settlement;

/// <summary>An answer that shows the end of work which another call began charges it then and there, before the gateway asks for it itself.</summary>
internal sealed class WorkSights(DeferredWork work, DeferredSettlement settlement, RoutesFile routes, ILogger<WorkSights> log)
{
    /// <summary>Charges it, where its end is shown and it is still to be charged.</summary>
    /// <returns>Whether it was.</returns>
    public async Task<bool> CloseAsync(MeteredCall call, string clusterId, string objectId)
    {
        try
        {
            if (call.Answer?.Usage is not { State: WorkState.Done or WorkState.Failed } usage || await work.FindAsync(clusterId, objectId, CancellationToken.None) is not { } item)
                return false;
            await settlement.CloseAsync(item, routes.Current.Route(item.RouteId) ?? call.Route, call.UpstreamStatus, usage, CancellationToken.None);
            return true;
        }
        catch (Exception error) when (error is DbException or LedgerUnavailableException or OverflowException)
        {
            // Whoever asks for it next sees the same.
            Log.SettleFailed(log, call.RequestId, error);
            return false;
        }
    }

    /// <summary>Whether anybody here began it, or was charged for it.</summary>
    public async Task<bool> IsKnownAsync(MeteredCall call, string clusterId, string objectId)
    {
        try
        {
            return await work.IsKnownAsync(clusterId, objectId, CancellationToken.None);
        }
        catch (DbException error)
        {
            Log.SettleFailed(log, call.RequestId, error);
            return true;
        }
    }
}
