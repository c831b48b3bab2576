namespace AiGateway.Pipeline.Forwarding;

/// <summary>
/// Sends a small body in one piece with its headers: the proxy sends the headers first, which costs both ends a packet a call.
/// Byte for byte it is the same request.
/// </summary>
internal sealed class SmallBodies(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>Larger bodies stream: for them a packet more or less is nothing, and a copy is something.</summary>
    public const int Limit = 32 * 1024;

    private static readonly HttpRequestOptionsKey<byte[]> Body = new("AiGateway.SmallBody");

    /// <param name="body">What the request's own content would send; nobody else may change it, ever.</param>
    public static void Attach(HttpRequestMessage request, byte[] body) => request.Options.Set(Body, body);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is { } streamed && request.Options.TryGetValue(Body, out var body))
        {
            var whole = new ByteArrayContent(body);
            foreach (var (name, values) in streamed.Headers.NonValidated)
                whole.Headers.TryAddWithoutValidation(name, values);
            request.Content = whole;
        }
        return base.SendAsync(request, cancellationToken);
    }
}
