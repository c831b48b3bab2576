namespace AiGateway.Accounts;

/// <summary>The one issuer whose tokens are credentials.</summary>
/// <param name="Authority">Its address: https, or http on this machine; discovery is below it, at .well-known/openid-configuration.</param>
/// <param name="Audience">What its tokens must be made for.</param>
internal sealed record JwtOptions(Uri Authority, string Audience);
