namespace AiGateway.Demo;

/// <summary>What goes wrong on purpose; asked for by the model's name.</summary>
internal enum DemoFault
{
    None,
    /// <summary>demo-429: the provider's rate limit.</summary>
    RateLimited,
    /// <summary>demo-500: an internal error.</summary>
    Broken,
    /// <summary>demo-slow: waits before the answer and between its pieces.</summary>
    Slow,
    /// <summary>demo-no-usage: answers well, never says what it used.</summary>
    NoUsage,
    /// <summary>demo-cut: drops the connection half way.</summary>
    Cut,
}

internal static class DemoFaults
{
    public static readonly TimeSpan SlowStart = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan SlowStep = TimeSpan.FromMilliseconds(250);

    public static DemoFault Named(string model) => model switch
    {
        "demo-429" => DemoFault.RateLimited,
        "demo-500" => DemoFault.Broken,
        "demo-slow" => DemoFault.Slow,
        "demo-no-usage" => DemoFault.NoUsage,
        "demo-cut" => DemoFault.Cut,
        _ => DemoFault.None,
    };
}
