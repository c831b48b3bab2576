namespace AiGateway.Pipeline.Forwarding;

/// <summary>Gives up on a deployment that does not begin to answer in its time, where another could. In the chain of clusters that have such a time only.</summary>
internal sealed class AnswerDeadline(HttpMessageHandler inner, TimeProvider time) : DelegatingHandler(inner)
{
    /// <summary>The key that asks for it, in a cluster's metadata.</summary>
    public const string MetadataKey = "Upstream.AnswerWithin";

    private static readonly HttpRequestOptionsKey<TimeSpan> Patience = new("AiGateway.AnswerWithin");

    public static void Set(HttpRequestMessage request, TimeSpan patience) => request.Options.Set(Patience, patience);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(Patience, out var patience))
            return await base.SendAsync(request, cancellationToken);
        using var deadline = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await base.SendAsync(request, either.Token);
        }
        catch (OperationCanceledException late) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"No answer began within {patience:c}.", late);
        }
    }
}
