namespace AiGateway.Ledger;

internal enum TakeBackMode
{
    /// <summary>Takes what is missing to the total, or gives back what is above it.</summary>
    Exactly,
    /// <summary>Takes what is missing to the total; gives nothing back.</summary>
    AtLeast,
    /// <summary>Takes what is missing to the total, but of the lot's unused tokens only: spent ones are not asked for yet.</summary>
    UnusedOnly,
}

/// <summary>Says how much of one grant shall have been taken back in all. The same facts lead to the same total, so that saying it twice changes nothing.</summary>
/// <param name="Total">Of all that was taken back of the lot; more than granted less expired is never taken.</param>
/// <param name="ActionType">refund, dispute, …</param>
/// <param name="SourceKey">What the booked row is filed under; a second change under one key gets a number behind it.</param>
internal sealed record TakeBackRequest(string LotSourceKey, long Total, TakeBackMode Mode, string ActionType, string SourceKey, string? Metadata = null);

/// <param name="Taken">Tokens taken; below zero: given back; 0: nothing was to change.</param>
/// <param name="IsKnown">False: there is no such lot.</param>
internal readonly record struct TakeBackAnswer(bool IsKnown, long Taken, Standing Standing);
