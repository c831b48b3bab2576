using System.Security.Cryptography;
using System.Text;

namespace AiGateway.Accounts;

/// <summary>Who may operate the gateway: whoever knows the admin key.</summary>
/// <param name="key">Empty: nobody does.</param>
internal sealed class OperatorKey(string key)
{
    /// <summary>The scheme of an operator's session in a browser.</summary>
    public const string SessionScheme = "operator";

    private readonly byte[] _hash = Hash(key);

    /// <summary>Changes with the key and tells nothing of it: sessions that were begun with another key end.</summary>
    public string Mark { get; } = Convert.ToHexStringLower(Hash("session of " + key))[..16];

    /// <summary>Compared in constant time.</summary>
    public bool Is(string? text) => key.Length > 0 && text is not null && CryptographicOperations.FixedTimeEquals(Hash(text.Trim()), _hash);

    /// <summary>Hashed first, so that the comparison tells nothing of the length either.</summary>
    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
