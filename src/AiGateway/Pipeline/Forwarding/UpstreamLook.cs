using System.Collections.Concurrent;
using System.Net;
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

    /// <summary>One for each way in which clusters want to be connected to.</summary>
    private readonly ConcurrentDictionary<HttpClientConfig, HttpMessageInvoker> _clients = new();

    /// <param name="path">Below the provider's address, with its query.</param>
    /// <param name="headers">A name and a value a line; null: none.</param>
    /// <returns>The provider's status, and what its answer says was used.</returns>
    /// <exception cref="KeyNotFoundException">The cluster, or its address, is no longer in routes.json.</exception>
    /// <exception cref="HttpRequestException">No answer came.</exception>
    public async Task<(int Status, UsageReport Usage)> GetAsync(string clusterId, string path, string? headers, UsageFormat format, CancellationToken cancel)
    {
        var cluster = ClusterOf(clusterId);
        IReadOnlyList<KeyValuePair<string, DestinationConfig>> addresses = [.. cluster.Destinations?.OrderBy(pair => pair.Key, StringComparer.Ordinal) ?? Enumerable.Empty<KeyValuePair<string, DestinationConfig>>()];
        var client = _clients.GetOrAdd(cluster.HttpClient ?? HttpClientConfig.Empty, config => clients.CreateClient(new ForwarderHttpClientContext { ClusterId = clusterId, NewConfig = config }));
        for (var at = 0; ; at++)
        {
            using var request = Request(cluster, addresses[at].Key, addresses[at].Value.Address, path, headers);
            using var answer = await client.SendAsync(request, cancel);
            // Of several addresses the one that made the object knows it.
            if (answer.StatusCode is not HttpStatusCode.NotFound || at == addresses.Count - 1)
                return ((int)answer.StatusCode, await ReadAsync(answer, format, cancel));
        }
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
    }

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

    /// <summary>As the proxy would ask for it.</summary>
    private HttpRequestMessage Request(ClusterConfig cluster, string destinationId, string address, string path, string? headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address.TrimEnd('/') + path)
        {
            Version = cluster.HttpRequest?.Version ?? HttpVersion.Version20,
            VersionPolicy = cluster.HttpRequest?.VersionPolicy ?? HttpVersionPolicy.RequestVersionOrLower,
        };
        foreach (var line in headers?.Split('\n') ?? [])
            if (line.Split(": ", 2) is [var name, var value])
                request.Headers.TryAddWithoutValidation(name, value);
        var deployment = routes.ForCluster(cluster.ClusterId).Of(destinationId);
        if (deployment.ApiKey is { } key)
            request.Headers.TryAddWithoutValidation(deployment.AuthHeaderName, deployment.AuthValuePrefix + key);
        foreach (var (name, value) in deployment.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private ClusterConfig ClusterOf(string clusterId) =>
        routes.Current.Config.Clusters.FirstOrDefault(each => each.ClusterId.Equals(clusterId, StringComparison.OrdinalIgnoreCase)) is { Destinations.Count: > 0 } cluster
            ? cluster
            : throw new KeyNotFoundException($"There is no address for the cluster \"{clusterId}\".");
}
