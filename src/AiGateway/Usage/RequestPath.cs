namespace AiGateway.Usage;

/// <summary>What a call's address says of its model: Google and Azure name it there and not in the body.</summary>
internal static class RequestPath
{
    private static readonly string[] Before = ["models", "deployments", "tunedModels", "endpoints"];

    /// <param name="path">Such as <c>/v1beta/models/gemini-2.5-flash:generateContent</c> or <c>/openai/deployments/gpt-4o/chat/completions</c>.</param>
    /// <returns>The model's or deployment's name; null: the address names none.</returns>
    public static string? Model(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var at = 0; at + 1 < parts.Length; at++)
        {
            // Azure's /models/chat/completions names an endpoint; a model there has its verb behind a colon, or is a deployment.
            var isModel = parts[at] is "models" ? parts[at + 1].Contains(':') : Before.Contains(parts[at], StringComparer.Ordinal);
            if (isModel && parts[at + 1].Split(':')[0] is { Length: > 0 and <= JsonText.MaxNameBytes } name)
            {
                return name;
            }
        }

        return null;
    }
}
