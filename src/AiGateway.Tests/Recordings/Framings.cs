namespace AiGateway.Tests.Recordings;

/// <summary>Ways to frame server-sent events that the standard allows and nobody recorded.</summary>
internal static class Framings
{
    public static TheoryData<string> Names => [.. All];

    public static readonly string[] All = ["no blank behind data", "byte order mark", "bare CR", "CRLF", "data on several lines"];

    public static string Reframe(string stream, string framing) => framing switch
    {
        "no blank behind data" => stream.Replace("data: ", "data:", StringComparison.Ordinal),
        "byte order mark" => "\uFEFF" + stream,
        "bare CR" => stream.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\n', '\r'),
        "CRLF" => stream.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal),
        "data on several lines" => stream.Replace(",\"choices\":", ",\ndata: \"choices\":", StringComparison.Ordinal).Replace(",\"usage\":", "\ndata:,\"usage\":", StringComparison.Ordinal),
        _ => throw new ArgumentOutOfRangeException(nameof(framing), framing, "No such framing."),
    };
}
