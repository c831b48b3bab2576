using System.CommandLine;
using AiGateway.Plans;
using AiGateway.Pricing;
using AiGateway.Routes;

namespace AiGateway.Hosting.Commands;

/// <summary>schemas: what editors need to know about config/*.json.</summary>
internal static class SchemaVerbs
{
    private sealed record Written(string File);

    private static readonly Argument<string> Folder = new("folder") { Description = "Where to.", DefaultValueFactory = _ => Path.Combine("config", "schemas") };

    /// <summary>By file name.</summary>
    public static IReadOnlyDictionary<string, Func<string>> Schemas { get; } = new SortedDictionary<string, Func<string>>(StringComparer.Ordinal)
    {
        ["plans.schema.json"] = PlansSchema.Text, ["prices.schema.json"] = PricesSchema.Text, ["routes.schema.json"] = RoutesSchema.Text,
    };

    public static Command Make()
    {
        var write = new Command("write", "Write the schemas of the configuration files.").With(Folder);
        write.SetAction((parse, cancel) => WriteAsync(Verbs.Output(parse), parse.GetRequiredValue(Folder), cancel));
        return new Command("schemas", "JSON schemas for editors: write.").With(write);
    }

    private static async Task<int> WriteAsync(CommandOutput output, string folder, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        foreach (var (file, text) in Schemas)
            await File.WriteAllTextAsync(Path.Combine(folder, file), text(), cancel);
        output.List(Schemas.Keys.Select(file => new Written(Path.Combine(folder, file))));
        return ExitCodes.Ok;
    }
}
