namespace AiGateway.Storage.Tables;

/// <summary>alerts: what the owner was told, once for each kind, subject, threshold and period: that is its key.</summary>
internal sealed record AlertRow
{
    /// <summary>heavy_user, double_subscription, margin_low, price_missing, books_unbalanced or account_frozen.</summary>
    public required string Kind { get; init; }
    /// <summary>A user, a model; empty where it is about the whole.</summary>
    public required string Subject { get; init; }
    public long Threshold { get; init; }
    /// <summary>Unix ms; when the cycle, month or day began that it is about.</summary>
    public long PeriodStart { get; init; }
    /// <summary>What was found when it was raised; its unit is the threshold's.</summary>
    public long Value { get; init; }
    public required string Message { get; init; }
    public long RaisedAt { get; init; }
    /// <summary>0 waiting to be sent, 1 sent by every channel there is, 2 given up.</summary>
    public int State { get; init; }
    /// <summary>Channels that have it: 1 webhook, 2 e-mail, added up.</summary>
    public int SentBy { get; init; }
    public int Attempts { get; init; }
    public long NextTryAt { get; init; }
    /// <summary>Why it was not sent, the last time that it was tried.</summary>
    public string? Note { get; init; }
}
