namespace AiGateway.Storage;

/// <summary>Opens a reading context on the configured database. The caller disposes it.</summary>
internal interface IGatewayDbFactory
{
    GatewayDb Open();
}
