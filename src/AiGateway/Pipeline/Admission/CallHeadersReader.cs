using System.Globalization;
using AiGateway.Accounts;
using AiGateway.Ledger;

namespace AiGateway.Pipeline.Admission;

/// <summary>Checks the caller's X-AiGateway-* headers and his Idempotency-Key.</summary>
internal static class CallHeadersReader
{
    private const int MaxIdempotencyKeyLength = 255;

    public static (CallHeaders Headers, Refusal? Refusal) Read(MeteredCall call, IHeaderDictionary headers)
    {
        var action = Text(headers, CallHeaders.ActionName);
        if (action is not null && CheckAction(call, action) is { } badAction)
            return (CallHeaders.None, badAction);
        var metadata = Text(headers, CallHeaders.MetadataName);
        if (metadata is not null && CallLabels.CheckMetadata(metadata) is { } why)
            return (CallHeaders.None, Refusal.InvalidMetadata($"{CallHeaders.MetadataName} {why}"));
        var maxTokens = Text(headers, CallHeaders.MaxTokensName);
        if (maxTokens is not null && ParseMaxTokens(maxTokens) is null)
            return (CallHeaders.None, Refusal.InvalidMaxTokens($"{CallHeaders.MaxTokensName} must be a whole number of tokens, at least 1."));
        var keys = headers[CallHeaders.IdempotencyKeyName];
        if (keys.Count > 1 || keys is [var key] && key?.Length is not (> 0 and <= MaxIdempotencyKeyLength))
            return (CallHeaders.None, Refusal.InvalidIdempotencyKey($"{CallHeaders.IdempotencyKeyName} must be sent once, with 1 to {MaxIdempotencyKeyLength} characters."));
        var include = Text(headers, CallHeaders.Include);
        return (new CallHeaders(action, metadata, ParseMaxTokens(maxTokens), string.Equals(include, "usage", StringComparison.OrdinalIgnoreCase))
        {
            IdempotencyKey = Text(headers, CallHeaders.IdempotencyKeyName),
        }, null);
    }

    /// <summary>The user that an app key names in the header, percent-decoded.</summary>
    /// <returns>Neither: no header was sent.</returns>
    public static (string? User, Refusal? Refusal) ReadUser(IHeaderDictionary headers)
    {
        if (Text(headers, CallHeaders.User) is not { } sent)
            return (null, null);
        var user = Uri.UnescapeDataString(sent);
        return UserIds.Check(user) is { } why ? (null, Refusal.UserRequired($"{CallHeaders.User} {why}")) : (user, null);
    }

    private static Refusal? CheckAction(MeteredCall call, string action)
    {
        if (CallLabels.CheckAction(action) is { } why)
            return Refusal.InvalidAction($"{CallHeaders.ActionName} {why}");
        return call.Route.Allows(action) ? null
            : Refusal.InvalidAction($"This route does not take the action '{action}'. It takes: {string.Join(", ", call.Route.Actions.Order())}.");
    }

    private static long? ParseMaxTokens(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 ? value : null;

    private static string? Text(IHeaderDictionary headers, string name) =>
        headers.TryGetValue(name, out var values) && values.Count > 0 ? values[^1]?.Trim() : null;
}
