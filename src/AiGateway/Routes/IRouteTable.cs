namespace AiGateway.Routes;

/// <summary>Our part of the routes in force, by YARP's ids.</summary>
internal interface IRouteTable
{
    MeteredRoute Route(string routeId);
    UpstreamCluster Cluster(string clusterId);
}
