namespace AiGateway.Api;

/// <summary>Marks an endpoint of app keys whose body names the user, so that no header has to.</summary>
internal sealed class UserInBody;
