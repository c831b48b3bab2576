using System.Text;
using AiGateway.ConfigFiles;
using AiGateway.Pricing;
using AiGateway.Tests.ConfigFiles;

namespace AiGateway.Tests.Pricing;

/// <summary>Price books for tests.</summary>
internal static class Books
{
    public static readonly DateTimeOffset Today = new(2026, 8, 21, 12, 0, 0, TimeSpan.Zero);

    public static readonly PriceBook Shipped = Read(ConfigFiles.Shipped.Bytes("prices.json"));

    public static PriceBook With(string models, string provider = "") => Read(Encoding.UTF8.GetBytes(Json(models, provider)));

    /// <summary>The models stand on line 4.</summary>
    public static string Json(string models, string provider = "") => $$"""
        { "version": "test", "ceiling": { "input": 30, "output": 180, "minute": 0.06, "image": 0.25, "characters": 30, "tools": { "any": 35 } },
          "providers": { "p": { {{provider}}
            "models": {
              {{models}}
            } } } }
        """;

    public static IReadOnlyList<ConfigProblem> Problems(string json)
    {
        var problems = new ConfigProblems("prices.json");
        PricesReader.Read(Encoding.UTF8.GetBytes(json), problems);
        return problems.All;
    }

    private static PriceBook Read(byte[] json)
    {
        var problems = new ConfigProblems("prices.json");
        return PricesReader.Read(json, problems) ?? throw new InvalidOperationException(string.Join('\n', problems.All));
    }
}
