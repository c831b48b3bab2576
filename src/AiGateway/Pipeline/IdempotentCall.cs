using AiGateway.Ledger;

namespace AiGateway.Pipeline;

/// <summary>
/// A call that claimed its Idempotency-Key: collects what its caller gets, so that a repeat can have the same.
/// Admission makes it, metering fills it, settlement ends it; what nobody ended, admission frees.
/// </summary>
internal sealed class IdempotentCall(IdempotencyClaim claim)
{
    /// <summary>A larger answer is not kept: a day of them would outgrow the ledger that they share a database with.</summary>
    public const int KeptLimit = 1024 * 1024;

    private MemoryStream? _body = new();

    public IdempotencyClaim Claim { get; } = claim;

    /// <summary>The provider's answer ended as it should, and all of it was collected or was too large.</summary>
    public bool IsWhole { get; set; }

    /// <summary>The key was kept or freed, or is about to be.</summary>
    public bool IsEnded { get; set; }

    /// <summary>What the caller got, to the byte; null: more than may be kept.</summary>
    public byte[]? Body => _body?.ToArray();

    public void Collect(ReadOnlySpan<byte> bytes)
    {
        if (_body is null)
            return;
        if (_body.Length + bytes.Length > KeptLimit)
            _body = null;
        else
            _body.Write(bytes);
    }
}
