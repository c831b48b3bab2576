using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AiGateway.ConfigFiles;
using Yarp.ReverseProxy.Configuration;

namespace AiGateway.Routes;

/// <summary>The schema of routes.json for editors: YARP's own configuration types, and the metadata keys that our readers ask for.</summary>
internal static class RoutesSchema
{
    private const string Sample = """{ "r": { "Metadata": { "Metering.Kind": "auto" } } }""";

    public static string Text() => SchemaText.Of("AiGateway routes", Object(
        [("$schema", Of("string")), ("ReverseProxy", Object([("Routes", Map(Route())), ("Clusters", Map(Cluster()))], "Routes", "Clusters"))], "ReverseProxy"));

    private static JsonObject Route() => WithMetadata(
        typeof(RouteConfig), nameof(RouteConfig.RouteId), (member, problems) => MeteredRouteReader.Read(member, problems),
        ["ClusterId", "Match", "Metadata"], ["Metering.Kind"]);

    private static JsonObject Cluster()
    {
        var cluster = WithMetadata(
            typeof(ClusterConfig), nameof(ClusterConfig.ClusterId), (member, problems) => new UpstreamClusterReader(_ => null, problems).Read(member), ["Destinations"], []);
        if (cluster["properties"] is JsonObject members)
            members["Destinations"] = Map(WithMetadata(
                typeof(DestinationConfig), "", (member, problems) => new UpstreamClusterReader(_ => null, problems).ReadDeployment(member.Value, new Deployment()), ["Address"], []));
        return cluster;
    }

    private static JsonObject WithMetadata(Type type, string id, Action<ConfigMember, ConfigProblems> read, string[] required, string[] requiredMetadata)
    {
        var problems = new ConfigProblems("sample") { Shape = new ConfigShape() };
        var sample = ConfigTree.Read(Encoding.UTF8.GetBytes(Sample), problems) ?? throw new InvalidOperationException("The sample is no JSON.");
        read(sample.Members[0], problems);
        var metadata = Object([.. problems.Shape.Flat.Where(key => !IsBeginning(key.Key)).Select(key => (key.Key, key.Value))], requiredMetadata);
        // Metadata is open to other parts of YARP; what begins like ours is ours.
        var patterns = new JsonObject { [@"^(?!Metering\.|Upstream\.)"] = new JsonObject() };
        foreach (var (beginning, rule) in problems.Shape.Flat.Where(key => IsBeginning(key.Key)))
            patterns["^" + Regex.Escape(beginning)] = rule.DeepClone();
        metadata["patternProperties"] = patterns;
        var schema = TypeSchema(type, id);
        schema["properties"]?.AsObject().Remove("Metadata");
        schema["properties"]?.AsObject().Add("Metadata", metadata);
        schema["required"] = Names(required);
        return schema;
    }

    /// <summary>Such as "Upstream.Header.": the rest of the name is free.</summary>
    private static bool IsBeginning(string key) => key.EndsWith('.');

    private static JsonObject TypeSchema(Type type, params string[] except) => Object(
        [.. YarpShape.Members(type).Where(property => !except.Contains(property.Name)).OrderBy(property => property.Name, StringComparer.Ordinal)
            .Select(property => (property.Name, ValueSchema(property.PropertyType)))]);

    /// <summary>As <see cref="YarpShape"/> reads them; configuration values may be written as text.</summary>
    private static JsonObject ValueSchema(Type declared)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        return type.IsEnum ? AnyOf(new JsonObject { ["enum"] = Names(Enum.GetNames(type)) }, List(new JsonObject { ["enum"] = Names(Enum.GetNames(type)) }))
            : YarpShape.Element(type, typeof(IReadOnlyDictionary<,>)) is { } value ? Map(ValueSchema(value))
            : YarpShape.Element(type, typeof(IReadOnlyList<>)) is { } item ? List(ValueSchema(item))
            : type == typeof(bool) ? AnyOf(Of("boolean"), new JsonObject { ["enum"] = Names(["true", "false", "True", "False"]) })
            : type == typeof(int) || type == typeof(long) ? AnyOf(Of("integer"), new JsonObject { ["type"] = "string", ["pattern"] = @"^-?\d+$" })
            : type.Namespace?.StartsWith("Yarp.", StringComparison.Ordinal) == true ? TypeSchema(type)
            : Of("string", "number", "boolean", "null");
    }

    private static JsonObject Object((string Name, JsonObject Schema)[] properties, params string[] required)
    {
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(properties.Select(property => KeyValuePair.Create(property.Name, (JsonNode?)property.Schema.DeepClone()))),
        };
        if (required.Length > 0)
            schema["required"] = Names(required);
        schema["additionalProperties"] = false;
        return schema;
    }

    private static JsonObject Map(JsonObject value) => new() { ["type"] = "object", ["additionalProperties"] = value };

    private static JsonObject List(JsonObject item) => new() { ["type"] = "array", ["items"] = item };

    private static JsonObject AnyOf(params JsonNode[] schemas) => new() { ["anyOf"] = new JsonArray(schemas) };

    private static JsonObject Of(params string[] types) => new() { ["type"] = types.Length == 1 ? types[0] : Names(types) };

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(name => JsonValue.Create(name))]);
}
