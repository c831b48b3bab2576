namespace AiGateway.Pricing;

/// <summary>Knows a version's suffix from a part of a name that makes another model.</summary>
internal static class ModelVersion
{
    private static readonly HashSet<string> Words = ["latest", "preview", "exp", "beta", "free"];

    /// <param name="suffix">What follows the model's name and a separator, e.g. <c>2024-07-18</c>, <c>0613</c>, <c>001</c>, <c>v1:0</c>, <c>preview-09-2025</c>.</param>
    public static bool IsVersion(string suffix)
    {
        var words = suffix.Split('-', '@', ':');
        for (var i = 0; i < words.Length; i++)
        {
            if (IsDate(words, i)) i += 2;
            else if (IsMonth(words, i)) i += 1;
            else if (!IsVersionWord(words[i]) && !(i > 0 && IsRevision(words[i - 1], words[i]))) return false;
        }
        return true;
    }

    // 2024-07-18
    private static bool IsDate(string[] words, int at) =>
        at + 2 < words.Length && IsDigits(words[at], 4) && IsDigits(words[at + 1], 2) && IsDigits(words[at + 2], 2);

    // 09-2025, 05-20
    private static bool IsMonth(string[] words, int at) =>
        at + 1 < words.Length && IsDigits(words[at], 2) && (IsDigits(words[at + 1], 4) || IsDigits(words[at + 1], 2));

    // 0613, 20240718, 001, v2. One or two digits alone are a part of the name: gpt-5-2 is another model than gpt-5.
    private static bool IsVersionWord(string word) =>
        Words.Contains(word) || IsDigits(word, 3) || IsDigits(word, 4) || IsDigits(word, 8) || IsNumbered(word);

    // v1:0
    private static bool IsRevision(string before, string word) => IsNumbered(before) && word.Length is 1 or 2 && IsDigits(word, word.Length);

    private static bool IsNumbered(string word) => word.Length is 2 or 3 && word[0] == 'v' && IsDigits(word[1..], word.Length - 1);

    private static bool IsDigits(string word, int length) => word.Length == length && word.All(char.IsAsciiDigit);
}
