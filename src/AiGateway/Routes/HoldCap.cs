namespace AiGateway.Routes;

/// <summary>The single-action cap that holds are refused above, in tokens; for whoever has to say beforehand what a hold would be.</summary>
internal sealed record HoldCap(long Tokens);
