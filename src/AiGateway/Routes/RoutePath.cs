using System.Text.RegularExpressions;
using Yarp.ReverseProxy.Configuration;

namespace AiGateway.Routes;

/// <summary>One route's path pattern, ordered as routing prefers them: by Order, then literals before parameters before catch-alls.</summary>
internal sealed partial class RoutePath : IComparable<RoutePath>
{
    private enum Part { End, Literal, Parameter, CatchAll }

    // Patterns are few and matched off the hot path; a constraint that takes this long is a mistake.
    private static readonly TimeSpan ConstraintTimeout = TimeSpan.FromMilliseconds(100);

    private readonly string[] _parts;
    private readonly Regex?[] _constraints;

    public RoutePath(RouteConfig config)
    {
        Config = config;
        Pattern = config.Match.Path ?? "";
        _parts = Split(Pattern);
        _constraints = [.. _parts.Select(ConstraintOf)];
    }

    public RouteConfig Config { get; }

    public string Pattern { get; }

    /// <summary>Such as <c>/v1/{**rest}</c>: it names no endpoint.</summary>
    public bool IsCatchAllOfEverything => _parts.Length > 0 && At(_parts.Length - 1) == Part.CatchAll && _parts.Length <= 2;

    // Braces may hold slashes (a constraint's pattern does), so those do not separate.
    public static string[] Split(string path) => Segment().Matches(path).Select(match => match.Value).ToArray();

    public bool Matches(string method, string[] segments) => MatchesMethod(method) && MatchesFrom(segments);

    public int CompareTo(RoutePath? other)
    {
        if (other is null) return -1;
        var order = (Config.Order ?? 0).CompareTo(other.Config.Order ?? 0);
        for (var i = 0; order == 0 && i < Math.Max(_parts.Length, other._parts.Length); i++) order = At(i).CompareTo(other.At(i));
        if (order != 0) return order;
        // As in routing: of equals, the one that names methods comes first.
        return (Config.Match.Methods?.Count > 0 ? 0 : 1).CompareTo(other.Config.Match.Methods?.Count > 0 ? 0 : 1);
    }

    private bool MatchesMethod(string method) =>
        Config.Match.Methods is not { Count: > 0 } methods || methods.Contains(method, StringComparer.OrdinalIgnoreCase);

    private bool MatchesFrom(string[] segments)
    {
        for (var i = 0; i < _parts.Length; i++)
        {
            if (At(i) == Part.CatchAll) return _constraints[i]?.IsMatch(string.Join('/', segments.Skip(i))) ?? true;
            if (i >= segments.Length) return false;
            if (_constraints[i]?.IsMatch(segments[i]) == false) return false;
            if (At(i) == Part.Literal && !_parts[i].Equals(segments[i], StringComparison.OrdinalIgnoreCase)) return false;
        }
        return segments.Length == _parts.Length;
    }

    private Part At(int index) => index >= _parts.Length ? Part.End
        : _parts[index].StartsWith("{*", StringComparison.Ordinal) ? Part.CatchAll
        : _parts[index].StartsWith('{') ? Part.Parameter
        : Part.Literal;

    // {**rest:regex(…)}, {call:regex(…)}: the only constraint that routes of ours use; braces and brackets are doubled in patterns.
    [GeneratedRegex(@"(?:\{(?:\{\{|\}\}|[^{}])*\}|[^/{}])+")]
    private static partial Regex Segment();

    private static Regex? ConstraintOf(string part)
    {
        var start = part.IndexOf(":regex(", StringComparison.Ordinal);
        if (!part.StartsWith('{') || start < 0) return null;
        var pattern = part[(start + 7)..part.LastIndexOf(')')].Replace("{{", "{").Replace("}}", "}").Replace("[[", "[").Replace("]]", "]");
        return new Regex(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, ConstraintTimeout);
    }
}
