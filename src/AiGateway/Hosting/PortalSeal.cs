using System.Security.Cryptography;
using AiGateway.Accounts;
using Microsoft.AspNetCore.DataProtection;

namespace AiGateway.Hosting;

/// <summary>Seals with the keys of cookies, which lie in the database: what one node sealed, every node opens.</summary>
internal sealed class PortalSeal(IDataProtectionProvider keys) : ISeal
{
    private const string Purpose = "portal session";

    // Made at the first use: the keys are not read before there is a schema.
    private readonly Lazy<IDataProtector> _protector = new(() => keys.CreateProtector(Purpose));

    public string Seal(string text) => _protector.Value.Protect(text);

    public string? Open(string sealedText)
    {
        try
        {
            return _protector.Value.Unprotect(sealedText);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
