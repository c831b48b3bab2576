using System.Globalization;

namespace AiGateway.Pages.Texts;

/// <summary>/admin/audit.</summary>
internal static class AuditTexts
{
    public const string Title = "Books";
    public const string Lead = "Proves from the tables alone that every token is accounted for. It reads the whole ledger and changes nothing.";
    public const string Run = "Check the books";
    public const string Never = "Nobody has checked the books yet.";
    public const string Balanced = "The books balance";
    public const string RunForRows = "Check the books once more to see the rows.";
    public const string Found = "What does not balance";
    public const string Invariant = "Rule";
    public const string Where = "Where";
    public const string Rule = "What must hold";
    public const string Expected = "Expected";
    public const string Is = "Found";
    public const string Checked = "What is checked";

    public static readonly IReadOnlyList<string> Rules =
    [
        "A balance is the sum of all of its rows.",
        "Rows are numbered without a gap, and each leaves what the one before it left, less what it used.",
        "What is held is the sum of the open holds, and never negative.",
        "What lots hold, less what none of them covers, is the balance; no lot gives more than it was granted.",
        "A settled hold has exactly one charge, no request is charged twice, and a hold that was freed has no row.",
        "Attributing every use at once leaves in each lot what is there.",
        "A day's sums are the sums of its rows.",
        "Expired lots keep no more than what is held.",
    ];

    public static string Broken(long violations) => $"The books do not balance: {Formats.Count(violations, "violation", "violations")}";
    public static string Took(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $" · took {time.TotalMilliseconds:N0} ms");
    public static string Account(long id) => id == 0 ? "no account" : $"account {id.ToString(CultureInfo.InvariantCulture)}";
}
