namespace AiGateway.Billing;

/// <summary>What a dispute means for the tokens that its payment bought.</summary>
internal enum DisputeStand
{
    /// <summary>A question, or a word that Stripe did not know when this was written: shown, and nothing else.</summary>
    Inquiry,
    /// <summary>What is unused is frozen until it is decided.</summary>
    Open,
    Won,
    Lost,
}
