using AiGateway.ConfigFiles;

namespace AiGateway.Routes;

/// <summary>Guesses which part of a section a message without a place is about.</summary>
internal static class Blame
{
    // Shorter texts ("a", "1") stand in any sentence.
    private const int ShortestText = 3;

    /// <summary>The part with the longest text that the message repeats in quotes; the section itself where there is none.</summary>
    public static ConfigNode Nearest(ConfigNode section, string message) =>
        Parts(section).Where(part => part.Text.Length >= ShortestText && Quotes(message, part.Text))
            .OrderByDescending(part => part.Text.Length).Select(part => part.Node).FirstOrDefault() ?? section;

    private static bool Quotes(string message, string text) =>
        message.Contains($"'{text}'", StringComparison.Ordinal) || message.Contains($"\"{text}\"", StringComparison.Ordinal)
        || message.Contains($"`{text}`", StringComparison.Ordinal) || message.Contains($";{text}=", StringComparison.Ordinal)
        || message.EndsWith($": {text}", StringComparison.Ordinal);

    private static IEnumerable<(string Text, ConfigNode Node)> Parts(ConfigNode node)
    {
        if (node.IsScalar) yield return (node.Text, node);
        foreach (var member in node.Members)
        {
            yield return (member.Name, member.Value with { Place = member.Place });
            foreach (var part in Parts(member.Value)) yield return part;
        }
        foreach (var part in node.Items.SelectMany(Parts)) yield return part;
    }
}
