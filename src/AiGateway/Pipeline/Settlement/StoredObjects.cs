using AiGateway.Accounts;
using AiGateway.Ledger;
using AiGateway.Usage;

namespace AiGateway.Pipeline.Settlement;

/// <summary>What a call leaves behind at the provider, where all accounts share one: whose it is, and whether it is still at work. Pure.</summary>
internal static class StoredObjects
{
    /// <summary>Ids are some fifty characters; a longer one is not one that a table has to remember.</summary>
    private const int MaxIdLength = 128;

    /// <summary>The answer says that the work has only begun: it is charged when it is done, whether or not anybody asks for it.</summary>
    public static ObjectNote? DeferredBy(MeteredCall call, IHeaderDictionary headers, string clusterId)
    {
        if (call is not { UpstreamStatus: >= 200 and < 300, UpstreamRefusal: null, UpstreamPath: { } path, Answer: { Usage: { Tokens: null, State: WorkState.Unfinished, ObjectId: { } id } } answer })
            return null;
        return GoesOn(call, answer) && IsId(id)
            ? new ObjectNote(clusterId, id, ObjectState.Deferred, call.Route.RouteId, WorkAddress.Of(path, id, answer.Usage.ThreadId) + call.UpstreamQuery, WorkAddress.Headers(headers))
            : null;
    }

    /// <summary>A response ends with its connection, unless its caller asked for work that outlives it; jobs go on.</summary>
    private static bool GoesOn(MeteredCall call, AnswerOutcome answer) => call.Route.Format switch
    {
        UsageFormat.OpenAiJobs or UsageFormat.OpenAiBatches => true,
        UsageFormat.OpenAiResponses => answer.Framing == AnswerFraming.Json || call.Facts is { Background: true },
        _ => false,
    };

    /// <summary>The object that the path names and the answer tells of: the call that began its work pays for it. Null: it is this call's own.</summary>
    public static string? OfAnother(MeteredCall call, PathString path) =>
        (Defers(call.Route.Format) || call.MayShowWork) && call.Answer?.Usage.ObjectId is { } id && path.Value?.Split('/').Contains(id) == true ? id : null;

    /// <summary>A response can be gone on from: whoever made it owns it. Jobs are remembered so that whoever looks at one later is not charged for it.</summary>
    public static IReadOnlyList<ObjectNote> MadeBy(MeteredCall call, string clusterId)
    {
        if (call is not { UpstreamStatus: >= 200 and < 300, Answer.Usage.ObjectId: { } id } || !Defers(call.Route.Format) || !IsId(id))
            return [];
        return [new ObjectNote(clusterId, id, call.Route.Format is UsageFormat.OpenAiResponses ? ObjectState.Owned : ObjectState.Closed)];
    }

    /// <summary>What an app names for its user is that user's from then on, if it is nobody's yet; what a user named was looked up at admission.</summary>
    public static IReadOnlyList<ObjectNote> NamedBy(MeteredCall call, string clusterId) =>
        call is { UpstreamStatus: >= 200 and < 300, Facts: { } facts, Caller.Kind: KeyKind.App }
            ? [.. ((string?[])[facts.Conversation, .. facts.References]).OfType<string>().Where(IsId).Select(id => new ObjectNote(clusterId, id, ObjectState.Owned))]
            : [];

    private static bool Defers(UsageFormat format) => format is UsageFormat.OpenAiResponses or UsageFormat.OpenAiJobs or UsageFormat.OpenAiBatches;

    private static bool IsId(string id) => id.Length is > 0 and <= MaxIdLength && id != RequestFacts.UnknownReference;
}
