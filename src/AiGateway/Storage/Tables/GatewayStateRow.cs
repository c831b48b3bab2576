namespace AiGateway.Storage.Tables;

/// <summary>gateway_state: small counters that every node watches, such as the version of the key list.</summary>
internal sealed class GatewayStateRow
{
    public required string Name { get; set; }
    public long Value { get; set; }
}
