using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace AiGateway.Pipeline.Forwarding;

internal static class ForwardingRegistration
{
    /// <summary>Names that a routes file may use besides YARP's own: checking one needs them as much as serving it.</summary>
    public static IReverseProxyBuilder AddPolicies(this IReverseProxyBuilder proxy)
    {
        proxy.Services.AddSingleton<ILoadBalancingPolicy, WeightedBalancing>();
        proxy.Services.AddSingleton<IPassiveHealthCheckPolicy, AnswersHealth>();
        return proxy;
    }
}
