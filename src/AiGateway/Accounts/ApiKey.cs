using System.Security.Cryptography;
using System.Text;

namespace AiGateway.Accounts;

/// <summary>The written form of a key: <c>agw_usr_&lt;public id&gt;_&lt;secret&gt;</c> or <c>agw_app_…</c>.</summary>
internal readonly record struct ApiKey(KeyKind Kind, string Id, string Secret)
{
    private const string UserPrefix = "agw_usr_";
    private const string AppPrefix = "agw_app_";

    /// <summary>Longer than any key that this program makes: what is longer is not looked up.</summary>
    private const int MaxLength = 128;

    public static string Prefix(KeyKind kind) => kind == KeyKind.User ? UserPrefix : AppPrefix;

    /// <returns>Null where the text is not of this form.</returns>
    public static ApiKey? Parse(string text)
    {
        if (text.Length > MaxLength)
            return null;
        var kind = text.StartsWith(UserPrefix, StringComparison.Ordinal) ? KeyKind.User
            : text.StartsWith(AppPrefix, StringComparison.Ordinal) ? KeyKind.App
            : (KeyKind?)null;
        if (kind is not { } known)
            return null;
        var rest = text[UserPrefix.Length..];
        var separator = rest.IndexOf('_', StringComparison.Ordinal);
        if (separator <= 0 || separator == rest.Length - 1)
            return null;
        return new ApiKey(known, rest[..separator], rest[(separator + 1)..]);
    }

    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    public override string ToString() => Prefix(Kind) + Id + "_" + Secret;
}
