namespace AiGateway.Accounts;

/// <summary>What may name a user: the app's own id, as it likes, within reason.</summary>
internal static class UserIds
{
    public const int MaxLength = 128;

    /// <returns>Null: a fine user id. Otherwise the end of a sentence that says what is wrong.</returns>
    public static string? Check(string? user) =>
        string.IsNullOrEmpty(user) || user.Length > MaxLength ? $"must have 1 to {MaxLength} characters."
        // SQL takes "anna" and "anna " for the same, whatever the collation.
        : user[^1] == ' ' ? "must not end with a space."
        : user.Any(char.IsControl) ? "must not hold control characters."
        : user.Contains('\uFFFD', StringComparison.Ordinal) ? "must be percent-encoded UTF-8."
        : null;
}
