using AiGateway.Pipeline.Admission;
using AiGateway.Pipeline.Forwarding;
using AiGateway.Pipeline.Identification;
using AiGateway.Pipeline.Metering;
using AiGateway.Pipeline.Sessions;
using AiGateway.Pipeline.Settlement;

namespace AiGateway.Pipeline;

/// <summary>The order of the steps on a proxied call.</summary>
internal static class GatewayPipeline
{
    public static void UseGatewayPipeline(this IReverseProxyApplicationBuilder proxy)
    {
        proxy.UseMiddleware<CallStart>();                 // which route?                    a line in the log at its end
        proxy.UseMiddleware<IdentificationMiddleware>();  // who is calling?                 401 403
        proxy.UseMiddleware<AdmissionMiddleware>();       // allowed now, and able to pay?   400 402 403 413 429 503
        proxy.UseMiddleware<SessionMiddleware>();         // a WebSocket: pays as its events come
        proxy.UseMiddleware<SettlementMiddleware>();      // on the way back: charge once
        proxy.UseMiddleware<MeteringMiddleware>();        // watch the answer go by
        proxy.UseMiddleware<FailoverMiddleware>();        // another deployment where one fails
        proxy.UseSessionAffinity();
        proxy.UseLoadBalancing();
        proxy.UsePassiveHealthChecks();
    }
}
