using System.Security.Cryptography;

namespace AiGateway.Accounts;

/// <summary>Makes new keys: 80 random bits of public id, 256 of secret, in letters and digits that survive a double click.</summary>
internal static class KeyMaker
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int IdLength = 16;
    private const int SecretLength = 52;

    public static ApiKey Make(KeyKind kind) =>
        new(kind, RandomNumberGenerator.GetString(Alphabet, IdLength), RandomNumberGenerator.GetString(Alphabet, SecretLength));
}
