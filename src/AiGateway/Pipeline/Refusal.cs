namespace AiGateway.Pipeline;

/// <summary>
/// One way of saying no, in OpenAI's error shape. The factories below are the closed list: nothing else is ever refused,
/// and none of them names the provider's account, key or money.
/// </summary>
internal sealed record Refusal(int Status, string Type, string Code, string Message)
{
    public string? Param { get; init; }

    /// <summary>Members of the error's "gateway" object: longs, ints and strings.</summary>
    public IReadOnlyList<(string Name, object Value)> Gateway { get; init; } = [];

    /// <summary>How long until a retry makes sense; null: a retry does not help, or at once.</summary>
    public TimeSpan? Wait { get; init; }

    /// <summary>The hourly limit, for the x-ratelimit-*-requests headers.</summary>
    public int? RequestLimit { get; init; }

    private const string Invalid = "invalid_request_error";

    public static Refusal ActionTooLarge(long estimated, long limit) =>
        new(400, Invalid, "action_too_large", $"Action too large: it may use {estimated} tokens, the limit for one action is {limit}.")
        {
            Gateway = [("estimated", estimated), ("limit", limit), ("suggestion", "Break into smaller actions, or lower the output limit (max_completion_tokens).")],
        };

    public static Refusal UserRequired(string why) => new(400, Invalid, "user_required", why) { Param = CallHeaders.User };

    public static Refusal InvalidAction(string why) => new(400, Invalid, "invalid_action", why) { Param = CallHeaders.ActionName };

    public static Refusal InvalidMetadata(string why) => new(400, Invalid, "invalid_metadata", why) { Param = CallHeaders.MetadataName };

    public static Refusal InvalidMaxTokens(string why) => new(400, Invalid, "invalid_max_tokens", why) { Param = CallHeaders.MaxTokensName };

    public static Refusal InvalidIdempotencyKey(string why) =>
        new(400, Invalid, "invalid_idempotency_key", why) { Param = CallHeaders.IdempotencyKeyName };

    public static Refusal InvalidJson(string why) => new(400, Invalid, "invalid_json", why);

    /// <summary>HTTP itself was malformed.</summary>
    public static Refusal BadRequest(string why, int status = 400) => new(status, Invalid, "bad_request", why);

    public static Refusal InvalidApiKey(string why) => new(401, Invalid, "invalid_api_key", why);

    public static Refusal InsufficientTokens(long balance, long held, long needed, string addTokensUrl) =>
        new(402, "insufficient_quota", "insufficient_tokens", $"Insufficient tokens: this call may use {needed}, the balance is {balance}.")
        {
            Gateway = [("balance", balance), ("held", held), ("available", balance - held), ("needed", needed), ("add_tokens_url", addTokensUrl)],
        };

    public static Refusal UserSuspended() => new(403, "permission_error", "user_suspended", "This account is suspended.");

    public static Refusal UserMismatch() =>
        new(403, "permission_error", "user_mismatch", "A user key acts for its own user only.") { Param = CallHeaders.User };

    public static Refusal AppKeyInBrowser() =>
        new(403, "permission_error", "app_key_in_browser", "An app key must stay on a server; this request came from a browser. Revoke the key if it was published.");

    public static Refusal RouteNotAllowed(string why) => new(403, "permission_error", "route_not_allowed", why);

    public static Refusal ModelNotAllowed(string? model, string allowed) =>
        new(403, "permission_error", "model_not_allowed", model is null ? "This call names no model, and not every model is open to it." : $"The model {model} is not open to this call.")
        {
            Param = "model", Gateway = [("allowed", allowed)],
        };

    public static Refusal UnmeteredRouteDisabled() =>
        new(403, "permission_error", "unmetered_route_disabled", "This route hands out access that bypasses the meter; it is off unless the operator allows it.");

    public static Refusal RouteNotFound(string method, string path, string? nearest) =>
        new(404, Invalid, "route_not_found", $"No route for {method} {path}." + (nearest is null ? "" : $" The nearest is {nearest}."))
        {
            Gateway = nearest is null ? [] : [("nearest", nearest)],
        };

    public static Refusal IdempotencyInProgress() =>
        new(409, Invalid, "idempotency_in_progress", "The call with this idempotency key is still running. Repeat it when it has ended to get its answer.")
        {
            Param = CallHeaders.IdempotencyKeyName, Wait = TimeSpan.FromSeconds(1),
        };

    public static Refusal IdempotencyKeyReused() =>
        new(422, Invalid, "idempotency_key_reused", "This idempotency key was used with another request body. Use a new key for a new call.") { Param = CallHeaders.IdempotencyKeyName };

    public static Refusal IdempotencyAnswerNotKept(long limit) =>
        new(422, Invalid, "idempotency_answer_not_kept", $"The call with this idempotency key ended well and was charged, but its answer has more than {limit} bytes and was not kept.")
        {
            Param = CallHeaders.IdempotencyKeyName, Gateway = [("limit", limit)],
        };

    public static Refusal RequestTooLarge(long size, long limit) =>
        new(413, Invalid, "request_too_large", $"The request body has {size} bytes or more; the limit is {limit}.")
        {
            Gateway = [("size", size), ("limit", limit)],
        };

    public static Refusal RateLimitExceeded(int limit, TimeSpan period, TimeSpan reset) =>
        new(429, "rate_limit_error", "rate_limit_exceeded", $"Rate limit exceeded: {limit} calls {(period == TimeSpan.FromHours(1) ? "an hour" : $"in {period:c}")}. Try again in {Math.Max(1, (long)Math.Ceiling(reset.TotalMinutes))} min.")
        {
            Wait = reset, RequestLimit = limit, Gateway = [("limit", limit), ("reset_seconds", WholeSeconds(reset))],
        };

    public static Refusal TooManyFailedCredentials(TimeSpan reset) =>
        new(429, "rate_limit_error", "rate_limit_exceeded", "Rate limit exceeded: too many failed credentials from this address.")
        {
            Wait = reset, Gateway = [("reset_seconds", WholeSeconds(reset))],
        };

    public static Refusal TokensHeld(long balance, long held, long needed) =>
        new(429, "rate_limit_error", "tokens_held", $"Tokens held: this call may use {needed}, and {held} of {balance} are held by calls in flight.")
        {
            Wait = TimeSpan.FromMilliseconds(1500), Gateway = [("available", balance - held), ("held", held), ("needed", needed)],
        };

    public static Refusal UpstreamUnreachable() => new(502, "upstream_error", "upstream_unreachable", "The provider could not be reached.");

    public static Refusal UpstreamAuthFailed() =>
        new(502, "upstream_error", "upstream_auth_failed", "The provider did not accept the gateway's credential. The operator has to mend this; your key is fine.");

    public static Refusal LedgerUnavailable() =>
        new(503, "server_error", "ledger_unavailable", "The ledger is unavailable, so no call can be accepted.") { Wait = TimeSpan.FromSeconds(2) };

    public static Refusal IssuerUnavailable() =>
        new(503, "server_error", "issuer_unavailable", "The issuer of access tokens cannot be reached, so no token can be checked. API keys work.") { Wait = TimeSpan.FromSeconds(5) };

    public static Refusal UpstreamQuotaExhausted() =>
        new(503, "server_error", "upstream_quota_exhausted", "The service has no provider capacity at the moment. Your balance is not affected.");

    public static Refusal Draining() =>
        new(503, "server_error", "draining", "This gateway is stopping; try again.") { Wait = TimeSpan.FromSeconds(1) };

    public static Refusal UpstreamTimeout() => new(504, "upstream_error", "upstream_timeout", "The provider did not answer in time.");

    /// <summary>A bug or a broken machine: the caller gets an id, the log gets the rest.</summary>
    public static Refusal Internal() => new(500, "server_error", "internal_error", "The gateway failed on this request. Its id is in X-AiGateway-Request-Id.");

    private static long WholeSeconds(TimeSpan time) => Math.Max(1, (long)Math.Ceiling(time.TotalSeconds));
}
