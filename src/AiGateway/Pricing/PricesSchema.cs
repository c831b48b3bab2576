using System.Text;
using AiGateway.ConfigFiles;

namespace AiGateway.Pricing;

/// <summary>The schema of prices.json for editors, made of what its reader asks.</summary>
internal static class PricesSchema
{
    /// <summary>One of everything.</summary>
    private const string Sample = """
        {
          "version": "1",
          "ceiling": { "input": 1, "output": 1, "tools": { "any": 1 } },
          "providers": {
            "provider": {
              "tiers": { "flex": 0.5 },
              "tools": { "search": 1 },
              "models": { "model": [{ "input": 1, "long_context": { "over": 1, "input": 1 }, "images": { "size": { "quality": 1 } }, "film_second": { "size": 1 } }] },
              "aliases": { "alias": "model" }
            }
          }
        }
        """;

    public static string Text()
    {
        var problems = new ConfigProblems("sample") { Shape = new ConfigShape() };
        return PricesReader.Read(Encoding.UTF8.GetBytes(Sample), problems) is null
            ? throw new InvalidOperationException(string.Join('\n', problems.All))
            : SchemaText.Of("AiGateway prices", problems.Shape.Root.ToSchema());
    }
}
