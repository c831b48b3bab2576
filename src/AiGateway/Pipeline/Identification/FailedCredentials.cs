using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace AiGateway.Pipeline.Identification;

/// <summary>
/// Slows those who guess: an address may fail so often a minute, then its failures are answered 429.
/// A good credential from the same address always passes.
/// </summary>
internal sealed class FailedCredentials : IDisposable
{
    /// <summary>A misconfigured app that retries stays below it; a guesser of 256-bit secrets does not care.</summary>
    public const int FailuresPerMinute = 60;

    private readonly PartitionedRateLimiter<IPAddress> _limiter = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
        RateLimitPartition.GetFixedWindowLimiter(address, _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = FailuresPerMinute, Window = TimeSpan.FromMinutes(1), QueueLimit = 0,
        }));

    /// <summary>Counts one failure of this address.</summary>
    /// <returns>How long its failures are refused; null: not yet.</returns>
    public TimeSpan? Count(IPAddress? address)
    {
        using var lease = _limiter.AttemptAcquire(Neighbourhood(address));
        if (lease.IsAcquired)
            return null;
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) && wait > TimeSpan.Zero ? wait : TimeSpan.FromMinutes(1);
    }

    /// <summary>Whoever has one IPv6 address has the 2^64 beside it too.</summary>
    private static IPAddress Neighbourhood(IPAddress? address)
    {
        if (address is null)
            return IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    public void Dispose() => _limiter.Dispose();
}
