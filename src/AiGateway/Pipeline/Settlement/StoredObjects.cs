using AiGateway.Ledger;
using AiGateway.Usage;

namespace AiGateway.Pipeline.Settlement;

/// <summary>What a call leaves behind at the provider, where all accounts share one: whose it is, and whether it is still at work. Pure.</summary>
internal static class StoredObjects
{
    /// <summary>Ids are some fifty characters; a longer one is not one that a table has to remember.</summary>
    private const int MaxIdLength = 128;

    /// <summary>The answer says that the work has only begun: it is charged when it is done, whether or not anybody asks for it.</summary>
    /// <param name="path">The call's own: the object is asked for below it.</param>
    public static ObjectNote? DeferredBy(MeteredCall call, PathString path, string clusterId)
    {
        if (call is not { UpstreamStatus: >= 200 and < 300, UpstreamRefusal: null, Answer: { Usage: { Tokens: null, State: WorkState.Unfinished, ObjectId: { } id } } answer })
            return null;
        // A stream that broke off is over, unless its caller asked for work that outlives it.
        var goesOn = Defers(call.Route.Format) && (answer.Framing == AnswerFraming.Json || call.Facts is { Background: true });
        return goesOn && IsId(id)
            ? new ObjectNote(clusterId, id, ObjectState.Deferred, call.Route.RouteId, $"{path.Value?.TrimEnd('/')}/{Uri.EscapeDataString(id)}")
            : null;
    }

    /// <summary>The answer tells of an object that the path names: the call that began its work pays for it.</summary>
    public static bool IsAboutAnother(MeteredCall call, PathString path) =>
        Defers(call.Route.Format) && call.Answer?.Usage.ObjectId is { } id && path.Value?.Split('/').Contains(id) == true;

    /// <summary>A response can be gone on from: whoever made it owns it.</summary>
    public static IReadOnlyList<ObjectNote> MadeBy(MeteredCall call, string clusterId) =>
        call is { Route.Format: UsageFormat.OpenAiResponses, UpstreamStatus: >= 200 and < 300, Answer.Usage.ObjectId: { } id } && IsId(id)
            ? [new ObjectNote(clusterId, id, ObjectState.Owned)]
            : [];

    /// <summary>A conversation that an app names for its user is that user's from then on; a user's own was looked up at admission.</summary>
    public static IReadOnlyList<ObjectNote> NamedBy(MeteredCall call, string clusterId) =>
        call is { UpstreamStatus: >= 200 and < 300, Facts.Conversation: { } id } && IsId(id)
            ? [new ObjectNote(clusterId, id, ObjectState.Owned)]
            : [];

    private static bool Defers(UsageFormat format) => format is UsageFormat.OpenAiResponses or UsageFormat.OpenAiJobs or UsageFormat.OpenAiBatches;

    private static bool IsId(string id) => id.Length is > 0 and <= MaxIdLength && id != RequestFacts.UnknownReference;
}
