using AiGateway.Routes;
using AiGateway.Usage;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace AiGateway.Pipeline.Forwarding;

/// <summary>The gateway's own question to a provider, with the provider's key and no caller behind it.</summary>
internal sealed class UpstreamLook(RoutesFile routes, IForwarderHttpClientFactory clients) : IDisposable
{
    // An object repeats all that its work produced; what is larger is read by nobody.
    private const int BufferSize = 16 * 1024;

    private readonly HttpMessageInvoker _client = clients.CreateClient(new ForwarderHttpClientContext { NewConfig = HttpClientConfig.Empty });

    /// <param name="path">As a caller would write it (<c>/v1/responses/resp_…</c>).</param>
    /// <returns>The provider's status, and what its answer says was used.</returns>
    /// <exception cref="KeyNotFoundException">The cluster, or its address, is no longer in routes.json.</exception>
    /// <exception cref="HttpRequestException">No answer came.</exception>
    public async Task<(int Status, UsageReport Usage)> GetAsync(string clusterId, string path, UsageFormat format, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, AddressOf(clusterId, path)) { Version = System.Net.HttpVersion.Version11 };
        var upstream = routes.ForCluster(clusterId);
        if (upstream.ApiKey is { } key)
            request.Headers.TryAddWithoutValidation(upstream.AuthHeaderName, upstream.AuthValuePrefix + key);
        using var answer = await _client.SendAsync(request, cancel);
        return ((int)answer.StatusCode, await ReadAsync(answer, format, cancel));
    }

    public void Dispose() => _client.Dispose();

    private static async Task<UsageReport> ReadAsync(HttpResponseMessage answer, UsageFormat format, CancellationToken cancel)
    {
        var reader = AnswerReader.For(format, AnswerFraming.Json);
        await using var body = await answer.Content.ReadAsStreamAsync(cancel);
        var buffer = new byte[BufferSize];
        int read;
        while ((read = await body.ReadAsync(buffer, cancel)) > 0)
            reader.Read(buffer.AsSpan(0, read));
        reader.Complete();
        return reader.Report;
    }

    /// <summary>The cluster <c>openai</c> has its /v1 in its address (see <see cref="OpenAiAddress"/>).</summary>
    private Uri AddressOf(string clusterId, string path)
    {
        var cluster = routes.Current.Config.Clusters.FirstOrDefault(each => each.ClusterId.Equals(clusterId, StringComparison.OrdinalIgnoreCase));
        var address = cluster?.Destinations?.Values.FirstOrDefault()?.Address ?? throw new KeyNotFoundException($"There is no address for the cluster \"{clusterId}\".");
        var below = OpenAiAddress.ClusterId.Equals(clusterId, StringComparison.OrdinalIgnoreCase) && path.StartsWith("/v1/", StringComparison.OrdinalIgnoreCase) ? path["/v1".Length..] : path;
        return new Uri(address.TrimEnd('/') + below);
    }
}
