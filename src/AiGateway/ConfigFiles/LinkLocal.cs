using System.Net;

namespace AiGateway.ConfigFiles;

/// <summary>Addresses of the link itself. Clouds keep a machine's credentials there, so nothing of ours may be sent to one.</summary>
internal static class LinkLocal
{
    private const string MetadataHost = "metadata.google.internal";

    public static bool IsAt(Uri url)
    {
        if (url.DnsSafeHost.TrimEnd('.').Equals(MetadataHost, StringComparison.OrdinalIgnoreCase))
            return true;
        if (!IPAddress.TryParse(url.DnsSafeHost, out var address))
            return false;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.IsIPv6LinkLocal || address.GetAddressBytes() is [169, 254, _, _];
    }
}
