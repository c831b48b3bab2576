using AiGateway.Accounts;
using AiGateway.Ledger;
using AiGateway.Routes;
using AiGateway.Usage;

namespace AiGateway.Pipeline;

/// <summary>
/// What is known about one proxied call. The steps share nothing else: each fills its own slots, once,
/// and reads those of the steps before it.
/// </summary>
internal sealed class MeteredCall(string requestId, MeteredRoute route, long startedAt)
{
    public string RequestId { get; } = requestId;
    public MeteredRoute Route { get; } = route;

    /// <summary>A TimeProvider timestamp.</summary>
    public long StartedAt { get; } = startedAt;

    /// <summary>The caller has left.</summary>
    public CancellationToken CallerAborted { get; init; }

    /// <summary>A WebSocket whose events are metered as they come; it takes its holds itself.</summary>
    public bool IsSession { get; init; }

    // Identification
    public Caller? Caller { get; set; }

    // Admission
    /// <summary>The account to charge. An app key without X-AiGateway-User names it in the body.</summary>
    public string UserId { get; set; } = "";
    public CallHeaders Headers { get; set; } = CallHeaders.None;
    /// <summary>What the body says; of a form that goes up, what has gone by so far.</summary>
    public RequestFacts? Facts { get => Form?.Facts ?? field; set; }

    /// <summary>A multipart body, streamed.</summary>
    public FormBody? Form { get; set; }
    public RequestBody? Body { get; set; }

    /// <summary>The caller's claim on his Idempotency-Key; null: he sent none, or it has no meaning on this call.</summary>
    public IdempotentCall? Idempotency { get; set; }

    /// <summary>The kept answer of an earlier call with the same key: nothing goes up.</summary>
    public KeptAnswer? Replay { get; set; }

    /// <summary>The hold that pays for this call; null: the call takes none (GET, none, stored).</summary>
    public HoldId? Hold { get; set; }
    public long HeldTokens { get; set; }
    public Standing Standing { get; set; }

    /// <summary>ok, low or depleted, as the hold found it.</summary>
    public string BalanceStatus { get; set; } = "";

    /// <summary>The model as the body names it, where that is an alias of the one in <see cref="Facts"/>; null: it is that one.</summary>
    public string? AskedModel { get; set; }

    // Forwarding
    /// <summary>Where the call went below the provider's address, escaped, after the route's transforms; null: it never left.</summary>
    public string? UpstreamPath { get; set; }
    public string UpstreamQuery { get; set; } = "";

    /// <summary>Which try this is, from 1.</summary>
    public int Attempt { get; set; } = 1;

    /// <summary>When it went up, when the first bytes of its answer came, and when that was over: TimeProvider timestamps; 0: it did not come to that.</summary>
    public long WentUpAt { get; set; }
    public long FirstByteAt { get; set; }
    public long AnsweredAt { get; set; }

    /// <summary>Another deployment can take over until something of an answer has come.</summary>
    public bool MayMoveOn { get; set; }

    /// <summary>This try's answer was thrown away, for another deployment to answer.</summary>
    public bool HasMovedOn { get; set; }

    /// <summary>What thrown-away answers say was used: the provider bills it, the caller does not pay it. Null: nothing.</summary>
    public List<UsageReport>? Discarded { get; set; }

    /// <summary>How long the answering deployment asked to be left alone; null: it did not.</summary>
    public TimeSpan? RetryAfter { get; set; }

    /// <summary>The provider's status code; 0: no answer came.</summary>
    public int UpstreamStatus { get; set; }

    /// <summary>The request went up with stream_options.include_usage spliced in, which the caller must not notice.</summary>
    public bool UsageSpliced { get; set; }

    /// <summary>What goes into the body on its way up, in the order of the places; the model's name is each deployment's own.</summary>
    public Splice[] Splices { get; set; } = [];

    /// <summary>An answer of the provider that the caller gets as our refusal instead.</summary>
    public Refusal? UpstreamRefusal { get; set; }

    // Metering
    /// <summary>Bytes of an answer have come: it is the caller's now, whatever becomes of it.</summary>
    public bool HasAnswerBegun { get; set; }

    public AnswerOutcome? Answer { get; set; }

    /// <summary>A JSON answer, or a stream's end, that waits for its charge; null: the answer flows, or flowed, as read.</summary>
    public IHeldAnswer? HeldAnswer { get; set; }

    /// <summary>The provider's answer broke off after it had begun: the caller must see that.</summary>
    public bool IsAborted { get; set; }

    // Settlement
    public SettledCall? Settled { get; set; }

    /// <summary>The comment that a caller who asked for his numbers gets before his stream ends; null: none, or not in time.</summary>
    public string? LastWord { get; set; }

    public string Action => Headers.Action ?? Route.Action;

    /// <summary>A look at what is stored at the provider, which may show the end of work that another call began.</summary>
    public bool MayShowWork => Hold is null && !IsSession && Route.Format is UsageFormat.Stored or UsageFormat.OpenAiJobs or UsageFormat.OpenAiBatches;
}

/// <summary>How the provider's answer ended, as seen from its bytes.</summary>
/// <param name="Usage">What its bytes say was used.</param>
/// <param name="IsReadable">False where no reader understood the bytes (a broken reader, an unknown encoding).</param>
internal sealed record AnswerOutcome(UsageReport Usage, bool IsReadable, AnswerFraming Framing);

/// <summary>An answer, or its end, kept back until its charge is durable.</summary>
internal interface IHeldAnswer
{
    /// <summary>Sends it, with whatever headers the response has by now.</summary>
    Task ReleaseAsync();
}

/// <summary>What settlement did with the call.</summary>
/// <param name="Balance">After it; null: it was not durable in time.</param>
internal sealed record SettledCall(string Outcome, long Tokens, UsageSource? Source, long? Balance = null);
