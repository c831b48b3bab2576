using AiGateway.Routes;
using AiGateway.Tests.ConfigFiles;

namespace AiGateway.Tests.Routes;

/// <summary>Small routes files for tests.</summary>
internal static class RoutesJson
{
    /// <summary>One route and one cluster, each a line of its own; lines 4 and 7.</summary>
    public static string With(string route = """ "ClusterId": "c", "Match": { "Path": "/a" }, "Metadata": { "Metering.Kind": "openai.chat" } """,
        string cluster = """ "Destinations": { "d": { "Address": "https://example.com" } } """) => $$"""
        {
          "ReverseProxy": {
            "Routes": {
              "r": { {{route}} }
            },
            "Clusters": {
              "c": { {{cluster}} }
            }
          }
        }
        """;

    public static RoutesOptions Options(string json, out EditedFile file)
    {
        file = new EditedFile(json, "routes.json");
        return new RoutesOptions { Path = file.Path, Secret = name => name == "SET" ? "secret" : null };
    }
}
