using AiGateway.ConfigFiles;
using Yarp.ReverseProxy.Configuration;

namespace AiGateway.Routes;

/// <summary>Looks at content that might become the routes file; nothing is changed by it.</summary>
internal sealed class RoutesCheckUp(RoutesOptions options, IConfigValidator validator)
{
    /// <param name="file">What the problems call it.</param>
    /// <returns>Everything that is wrong, by line; empty: it would be taken.</returns>
    public IReadOnlyList<RouteProblem> Look(byte[] json, string file)
    {
        var problems = new ConfigProblems(file);
        new RoutesReader(options, validator).Read(json, problems);
        return [.. problems.All.Select(RouteProblem.Of)];
    }
}
