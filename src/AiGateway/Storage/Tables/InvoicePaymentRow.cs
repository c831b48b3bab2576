namespace AiGateway.Storage.Tables;

/// <summary>invoice_payments: which payment paid which invoice; a refund names the one, a lot the other.</summary>
internal sealed record InvoicePaymentRow
{
    public required string InvoiceId { get; init; }
    public required string PaymentIntentId { get; init; }
    public long CreatedAt { get; init; }
}
