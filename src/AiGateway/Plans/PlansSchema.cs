using System.Text;
using AiGateway.ConfigFiles;

namespace AiGateway.Plans;

/// <summary>The schema of plans.json for editors, made of what its reader asks.</summary>
internal static class PlansSchema
{
    /// <summary>One of everything.</summary>
    private const string Sample = """
        {
          "renewal": { "rule": "reset" },
          "plans": { "plan": { "name": "Plan", "tokens": 1, "price_usd": 1, "every": { "count": 1, "unit": "month" } } },
          "packs": { "pack": { "name": "Pack", "tokens": 1, "price_usd": 1 } }
        }
        """;

    public static string Text()
    {
        var problems = new ConfigProblems("sample") { Shape = new ConfigShape() };
        return new PlansReader(_ => null, problems).Read(Encoding.UTF8.GetBytes(Sample)) is null
            ? throw new InvalidOperationException(string.Join('\n', problems.All))
            : SchemaText.Of("AiGateway plans", problems.Shape.Root.ToSchema());
    }
}
