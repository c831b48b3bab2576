using System.Security.Cryptography;
using System.Text;

namespace AiGateway.Demo;

/// <summary>What the demo "model" says. A piece is a word with its leading space, counts as one token and travels as one chunk.</summary>
/// <param name="IsCut">The caller's limit ended it before it was done.</param>
internal sealed record DemoText(IReadOnlyList<string> Pieces, int ReasoningTokens, bool IsCut)
{
    // Quoting more of the prompt would make answers of long prompts long.
    private const int QuotedRunes = 60;
    private const int ShortestTail = 12, TailSpread = 24;
    private const int ReasoningOfReasoners = 64;

    private static readonly string[] Words =
        ["tokens", "are", "counted", "once", "and", "answers", "travel", "unchanged", "while", "the", "ledger", "keeps", "every", "figure",
         "so", "that", "nobody", "pays", "twice", "for", "words", "which", "a", "model", "wrote", "in", "one", "long", "quiet", "stream", "of", "bytes"];

    public int Tokens => Pieces.Count + ReasoningTokens;

    public string Whole => string.Concat(Pieces);

    /// <summary>Writes an answer to <paramref name="prompt"/>: the same words for the same prompt, model and choice.</summary>
    /// <param name="limit">Output tokens at most, reasoning included; null: no limit.</param>
    public static DemoText Write(string prompt, string model, int choice, long? limit)
    {
        var all = Split($"You said: \"{Quote(prompt)}\". Here is a demo answer: {Tail(prompt, model, choice)}.");
        var reasoning = IsReasoner(model) ? ReasoningOfReasoners : 0;
        if (limit is not { } most)
            return new(all, reasoning, false);
        var thought = (int)Math.Min(reasoning, most);
        var said = (int)Math.Min(all.Count, most - thought);
        return new(all.Take(said).ToList(), thought, said < all.Count);
    }

    /// <summary>Tokens of a prompt: four bytes a token, rounded up. Nothing real counts so; it only has to be the same every time.</summary>
    public static long Count(string text) => (Encoding.UTF8.GetByteCount(text) + 3) / 4;

    private static bool IsReasoner(string model) =>
        model.StartsWith("o1", StringComparison.Ordinal) || model.StartsWith("o3", StringComparison.Ordinal)
        || model.StartsWith("o4", StringComparison.Ordinal) || model.StartsWith("gpt-5", StringComparison.Ordinal);

    private static string Quote(string prompt)
    {
        var runes = prompt.ReplaceLineEndings(" ").EnumerateRunes().ToList();
        return string.Concat(runes.Take(QuotedRunes)) + (runes.Count > QuotedRunes ? "…" : "");
    }

    private static string Tail(string prompt, string model, int choice)
    {
        var dice = SHA256.HashData(Encoding.UTF8.GetBytes($"{model}\n{choice}\n{prompt}"));
        var length = ShortestTail + dice[0] % TailSpread;
        return string.Join(' ', Enumerable.Range(1, length).Select(at => Words[(dice[at % dice.Length] + at) % Words.Length]));
    }

    private static List<string> Split(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Select((word, at) => at == 0 ? word : " " + word).ToList();
    }
}
