using System.Text.Json;
using AiGateway.Pricing;
using AiGateway.Usage;

namespace AiGateway.Tests.Pricing;

public sealed class RecordedModelsTests
{
    private static readonly string[] Priced = ["openai", "azure", "anthropic"];

    // Sold beside OpenAI's own models on Azure; they have no price in the list, so they cost the ceiling.
    private static readonly string[] Foreign = ["grok", "DeepSeek", "deepseek", "Cohere", "cohere", "mistral", "Mistral", "llama", "embed-v"];

    [Fact]
    public void Every_recorded_model_of_a_listed_provider_has_a_price()
    {
        var corpus = Corpus();
        if (corpus is null) Assert.Skip("The recordings (../shared/corpus) are not here.");

        var unpriced = corpus.EnumerateFiles("expected.json", SearchOption.AllDirectories).Select(Model).OfType<string>()
            .Where(model => !Foreign.Any(model.StartsWith) && !Books.Shipped.Quote(new TokenCounts(), model, null, Books.Today, ChargeBy.Tokens).IsPriced);

        Assert.Equal([], unpriced.Distinct());
    }

    private static string? Model(FileInfo file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(file.FullName));
        return Priced.Contains(json.RootElement.GetProperty("provider").GetString()) && json.RootElement.TryGetProperty("model", out var model) ? model.GetString() : null;
    }

    private static DirectoryInfo? Corpus()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "AiGateway.sln")))
                return new DirectoryInfo(Path.Combine(folder.FullName, "..", "shared", "corpus")) is { Exists: true } corpus ? corpus : null;
        return null;
    }
}
