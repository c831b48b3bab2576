using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace AiGateway.Routes;

/// <summary>The places of secrets that a routes file names, and a mark of what stands there: another mark means that one was changed.</summary>
internal sealed partial class SecretPlaces(Func<string, string?> secret)
{
    private byte[] _content = [];
    private string[] _places = [];

    /// <returns>A hash, from which no secret can be read.</returns>
    public string Mark(byte[] content)
    {
        if (!content.AsSpan().SequenceEqual(_content))
            (_content, _places) = (content, [.. Place().Matches(Encoding.UTF8.GetString(content)).Select(match => match.Groups[1].Value).Distinct()]);
        return _places.Length == 0 ? "" : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', _places.Select(Value)))));
    }

    private string Value(string place)
    {
        var name = place[(place.IndexOf(':') + 1)..].Trim();
        if (place.StartsWith("env:", StringComparison.Ordinal))
            return secret(name) ?? "";
        try
        {
            return File.ReadAllText(name);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // The reader says so where it matters.
            return "";
        }
    }

    [GeneratedRegex("\"((?:env|file):[^\"]+)\"")]
    private static partial Regex Place();
}
