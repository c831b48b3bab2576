namespace AiGateway.Api;

/// <summary>Who may operate the gateway.</summary>
internal sealed class AdminOptions
{
    /// <summary>The admin API key, sent as Bearer. Development makes one; Production requires it, at least 16 characters.</summary>
    public string Key { get; set; } = "";
}
