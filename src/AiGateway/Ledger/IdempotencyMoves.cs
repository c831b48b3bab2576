namespace AiGateway.Ledger;

// What can be asked of the kept answers, and what they can answer. Times are Unix milliseconds, UTC.

/// <summary>One caller's use of an Idempotency-Key.</summary>
/// <param name="KeyHash">SHA-256 of method, path and key.</param>
/// <param name="BodyHash">SHA-256 of the request's body, as sent.</param>
/// <param name="RequestId">The call that claims; only it may keep its answer or free the key.</param>
internal sealed record IdempotencyClaim(string UserId, byte[] KeyHash, byte[] BodyHash, string RequestId);

internal enum ClaimOutcome
{
    /// <summary>The key is this call's until it is kept or freed.</summary>
    Claimed,
    /// <summary>A call with this key and body is still running.</summary>
    InProgress,
    /// <summary>The key was used with another body.</summary>
    BodyDiffers,
    /// <summary>The call ended well, and its answer was too large to keep.</summary>
    NotKept,
    /// <summary>The call ended well: here is its answer.</summary>
    Kept,
}

/// <param name="Headers">Lines of "name: value", each ended by a line feed.</param>
internal sealed record KeptAnswer(int Status, string Headers, byte[] Body);

/// <param name="Answer">Where the outcome is Kept.</param>
internal readonly record struct ClaimAnswer(ClaimOutcome Outcome, KeptAnswer? Answer = null);
