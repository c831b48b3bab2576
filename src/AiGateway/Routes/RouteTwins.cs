using AiGateway.ConfigFiles;
using Yarp.ReverseProxy.Configuration;

namespace AiGateway.Routes;

/// <summary>Two routes that would take the same calls: the router refuses each of those calls, and says so only when one comes.</summary>
internal static class RouteTwins
{
    public static void Check(IReadOnlyList<RouteConfig> routes, IReadOnlyList<ConfigMember> members, ConfigProblems problems)
    {
        foreach (var alike in routes.GroupBy(route => (route.Match.Path?.ToUpperInvariant(), route.Order ?? 0)))
            foreach (var (route, at) in alike.Select((route, at) => (route, at)))
                if (alike.Take(at).FirstOrDefault(before => AreTwins(before, route)) is { } twin
                    && members.FirstOrDefault(member => member.Name.Equals(route.RouteId, StringComparison.OrdinalIgnoreCase)) is { } member)
                    problems.Error(member.Place, member.Value.Path, $"takes the same calls as \"{twin.RouteId}\": take one of them out, or give one an Order");
    }

    /// <summary>One that names methods goes before one that names none, so these two get on.</summary>
    private static bool AreTwins(RouteConfig one, RouteConfig other) =>
        Same(one.Match.Hosts, other.Match.Hosts) && (one.Match.Headers ?? []).SequenceEqual(other.Match.Headers ?? [])
        && (one.Match.QueryParameters ?? []).SequenceEqual(other.Match.QueryParameters ?? [])
        && (one.Match.Methods, other.Match.Methods) switch
        {
            (null or { Count: 0 }, null or { Count: 0 }) => true,
            ({ } some, { } others) => some.Intersect(others, StringComparer.OrdinalIgnoreCase).Any(),
            _ => false,
        };

    private static bool Same(IReadOnlyList<string>? one, IReadOnlyList<string>? other) =>
        (one ?? []).ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(other ?? []);
}
