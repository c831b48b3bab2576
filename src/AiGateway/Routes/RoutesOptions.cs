namespace AiGateway.Routes;

/// <summary>What the routes file needs to know from outside.</summary>
internal sealed record RoutesOptions
{
    public string Path { get; init; } = "config/routes.json";

    /// <summary>OPENAI_BASE_URL: replaces the address of every destination of the cluster <c>openai</c>. Null: the file's own stands.</summary>
    public string? OpenAiBaseUrl { get; init; }

    /// <summary>What <c>env:NAME</c> stands for; null: not set. Default: the process's environment.</summary>
    public Func<string, string?> Secret { get; init; } = Environment.GetEnvironmentVariable;
}
