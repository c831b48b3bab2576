using AiGateway.Insights;

namespace AiGateway.Jobs;

/// <summary>A way to tell the owner, besides the log.</summary>
internal abstract class AlertChannel
{
    public const int WebhookBit = 1, MailBit = 2;

    /// <summary>Its bit in the alert's row.</summary>
    public abstract int Bit { get; }

    /// <returns>Null: it has it. Else why not, in one line; the alert is tried again.</returns>
    public abstract Task<string?> SendAsync(AlertView alert, CancellationToken cancel);
}
