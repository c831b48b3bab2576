using System.Xml.Linq;
using AiGateway.Accounts;
using AiGateway.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;

namespace AiGateway.Hosting;

/// <summary>Keeps the keys of cookies and sign-in tokens in the database, so that what one node seals every node can open.</summary>
internal sealed class CookieKeys(DataProtectionKeys table) : IXmlRepository
{
    private const int LongestName = 128;

    /// <remarks>After everything that brings the framework's own keys along.</remarks>
    public static void AddTo(IServiceCollection services)
    {
        // The name stands in for the folder that the program runs in, which would tell nodes apart.
        services.AddDataProtection().SetApplicationName("AiGateway");
        // It would read the keys while calls wait for the start; a page that seals or opens something reads them as well.
        services.Remove(services.Single(service => service.ImplementationType?.Name == "DataProtectionHostedService"));
        services.AddSingleton<DataProtectionKeys>().AddSingleton<ISeal, PortalSeal>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(
            keys => keys.XmlRepository = new CookieKeys(provider.GetRequiredService<DataProtectionKeys>())));
    }

    // Asked for by the first page that needs one, once a day, and for a key that is not known yet; the framework asks without await.
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. table.AllAsync(CancellationToken.None).GetAwaiter().GetResult().Select(XElement.Parse)];

    public void StoreElement(XElement element, string friendlyName)
    {
        // A key's own name has its id in it; a revocation's has its time.
        var id = friendlyName.Length > LongestName ? friendlyName[..LongestName] : friendlyName;
        table.AddAsync(id, element.ToString(SaveOptions.DisableFormatting), CancellationToken.None).GetAwaiter().GetResult();
    }
}
