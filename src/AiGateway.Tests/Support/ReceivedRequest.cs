using System.Text;
using System.Text.Json;

namespace AiGateway.Tests.Support;

/// <summary>One request as the fake provider got it. <paramref name="Ended"/> is true once the whole answer was written, false where the other side left first.</summary>
/// <param name="RawTarget">Path and query exactly as on the wire.</param>
internal sealed record ReceivedRequest(
    string Method, string RawTarget, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body, Task<bool> Ended)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public string? Header(string name) =>
        Headers.Where(header => string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).FirstOrDefault();

    /// <summary>The body as JSON; an undefined element where it is none.</summary>
    public JsonElement Json
    {
        get
        {
            if (Body.Length == 0)
                return default;
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
    }
}
