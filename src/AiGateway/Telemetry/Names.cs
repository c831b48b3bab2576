namespace AiGateway.Telemetry;

/// <summary>
/// Every name that leaves the process as a metric, a span or a label, in one place. What OpenTelemetry's conventions for generative AI
/// name is called as they call it. No user, key or text of a call is ever a label.
/// </summary>
internal static class Names
{
    /// <summary>The meter and the source of spans.</summary>
    public const string Gateway = "AiGateway";

    /// <summary>The framework's own: memory, collections, threads.</summary>
    public const string Runtime = "System.Runtime";

    public const string TokenUsage = "gen_ai.client.token.usage";
    public const string OperationDuration = "gen_ai.client.operation.duration";
    public const string TimeToFirstChunk = "gen_ai.client.operation.time_to_first_chunk";

    public const string TokensCharged = "aigateway.tokens.charged";
    public const string TokensGranted = "aigateway.tokens.granted";
    public const string Cost = "aigateway.cost";
    public const string Refusals = "aigateway.refusals";
    public const string UpstreamErrors = "aigateway.upstream.errors";
    public const string HoldsActive = "aigateway.holds.active";
    public const string HoldsTokens = "aigateway.holds.tokens";
    public const string HoldsAge = "aigateway.holds.age";
    public const string HoldRatio = "aigateway.hold.ratio";
    public const string SettleDuration = "aigateway.settle.duration";
    public const string Overhead = "aigateway.overhead";
    public const string LedgerBatchSize = "aigateway.ledger.batch.size";
    public const string LedgerQueueDepth = "aigateway.ledger.queue.depth";
    public const string Unsettled = "aigateway.unsettled";
    public const string BooksDrift = "aigateway.books.drift";
    public const string PriceMissing = "aigateway.price.missing";
    public const string StripeEvents = "aigateway.stripe.events";
    public const string StripeLag = "aigateway.stripe.lag";
    public const string DoubleSubscriptions = "aigateway.stripe.double_subscriptions";
    public const string ConfigReload = "aigateway.config.reload";
    public const string ReadersDropped = "aigateway.readers.dropped";
    public const string LogLinesDropped = "aigateway.log.dropped";
    public const string SpoolKept = "aigateway.spool.kept";
    public const string SpoolReplayed = "aigateway.spool.replayed";
    public const string LimitReached = "aigateway.limit.reached";

    public const string HoldSpan = "hold";
    public const string SettleSpan = "settle";

    public const string Operation = "gen_ai.operation.name";
    public const string Provider = "gen_ai.provider.name";
    public const string RequestModel = "gen_ai.request.model";
    public const string ResponseModel = "gen_ai.response.model";
    public const string TokenType = "gen_ai.token.type";
    public const string InputTokens = "gen_ai.usage.input_tokens";
    public const string OutputTokens = "gen_ai.usage.output_tokens";
    public const string ErrorType = "error.type";
    public const string RequestId = "aigateway.request_id";
    public const string HeldTokens = "aigateway.held";
    public const string ChargedTokens = "aigateway.charged";

    public const string Input = "input", Output = "output";
    public const string Action = "action", Source = "source", Model = "model", Code = "code", State = "state", Limit = "limit", File = "file", Result = "result";

    /// <summary>A model that the price list does not know, on metrics: callers may name anything.</summary>
    public const string OtherModel = "other";
}
