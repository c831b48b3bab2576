using AiGateway.Routes;
using AiGateway.Usage;

namespace AiGateway.Charging;

/// <summary>A piece of work that a provider answered, as far as it tells what that costs: an ordinary call, or a job that was asked for later.</summary>
internal sealed record AnsweredWork
{
    public required MeteredRoute Route { get; init; }

    /// <summary>What the answer's bytes say.</summary>
    public required UsageReport Usage { get; init; }

    /// <summary>The provider's HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>False where no reader understood the bytes.</summary>
    public bool IsReadable { get; init; } = true;

    /// <summary>The answer broke off before its end, or the job failed.</summary>
    public bool IsCut { get; init; }

    /// <summary>What the request's body says; null: it was not read, or is long gone.</summary>
    public RequestFacts? Facts { get; init; }

    /// <summary>The model that was asked for; the answer's own goes first.</summary>
    public string? AskedModel { get; init; }

    /// <summary>The input that the request probably had, in tokens; null: nobody read it.</summary>
    public long? LikelyInput { get; init; }

    public long HeldTokens { get; init; }

    public string? Model => string.IsNullOrEmpty(Usage.Model) ? AskedModel : Usage.Model;

    /// <summary>Batches name no tier; they are one.</summary>
    public string? ServiceTier => Route.Format is UsageFormat.OpenAiBatches ? "batch" : Usage.ServiceTier;
}
