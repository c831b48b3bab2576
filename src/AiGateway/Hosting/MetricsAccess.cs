using System.Net;
using AiGateway.Accounts;
using AiGateway.Api;

namespace AiGateway.Hosting;

/// <summary>
/// Who may read /metrics: whoever sends the metrics key or the admin key. Where no metrics key is set, so may this machine and its private networks,
/// unless a proxy says that it asks for somebody else.
/// </summary>
internal sealed class MetricsAccess(GatewaySettings settings, OperatorKey admin)
{
    private const string Bearer = "Bearer ";

    private static readonly string[] ProxyMarks = ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"];

    private static readonly IPNetwork[] Private = [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("fc00::/7")];

    private readonly OperatorKey _key = new(settings.MetricsKey ?? "");

    public Task LetInAsync(HttpContext context, RequestDelegate next) =>
        MayRead(context) ? next(context) : Problems.Unauthorized("Send the metrics key or the admin key: Authorization: Bearer <Metrics__Key>.").ExecuteAsync(context);

    public static bool IsNear(IPAddress? address)
    {
        var plain = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return plain is not null && (IPAddress.IsLoopback(plain) || Array.Exists(Private, network => network.Contains(plain)));
    }

    private bool MayRead(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        var sent = authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..] : null;
        return _key.Is(sent) || admin.Is(sent)
            || (settings.MetricsKey is null && IsNear(context.Connection.RemoteIpAddress) && !Array.Exists(ProxyMarks, context.Request.Headers.ContainsKey));
    }
}
