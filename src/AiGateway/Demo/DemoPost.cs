using System.Net;
using System.Text;
using AiGateway.Billing;
using Microsoft.AspNetCore.Connections.Features;

namespace AiGateway.Demo;

/// <summary>Delivers a demo event to this gateway's own door, over the address that the buyer's request came in on.</summary>
internal sealed class DemoPost : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };

    public async Task SendAsync(HttpContext http, DemoEvents.Signed signed, CancellationToken cancel)
    {
        var address = http.Connection.LocalIpAddress ?? IPAddress.Loopback;
        // The connection's own scheme: the request's is what the world sees, which may end at a proxy.
        var scheme = http.Features.Get<ITlsHandshakeFeature>() is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;
        var url = new UriBuilder(scheme, address.ToString(), http.Connection.LocalPort, WebhookDoor.Path).Uri;
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(signed.Body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Stripe-Signature", signed.Signature);
        using var answer = await _client.SendAsync(request, cancel);
        answer.EnsureSuccessStatusCode();
    }

    public void Dispose() => _client.Dispose();
}
