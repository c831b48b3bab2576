namespace AiGateway.Storage.Tables;

/// <summary>traffic_daily: how often calls ended without a charge, by UTC day and reason, of all nodes. A figure for people: a node that dies loses its last seconds.</summary>
internal sealed record TrafficDailyRow
{
    /// <summary>Days since 1970-01-01, UTC.</summary>
    public int Day { get; init; }
    /// <summary>refusal (ours) or error (the provider's).</summary>
    public required string Kind { get; init; }
    /// <summary>A refusal's code; an error's status.</summary>
    public required string Code { get; init; }
    public long Count { get; init; }
}
