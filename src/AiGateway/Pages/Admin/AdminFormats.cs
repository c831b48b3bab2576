using System.Globalization;
using AiGateway.Pages.Texts;

namespace AiGateway.Pages.Admin;

/// <summary>How operators' pages write money, ages and names.</summary>
internal static class AdminFormats
{
    private static readonly CultureInfo English = CultureInfo.InvariantCulture;

    /// <summary>"$1,234.56"; below a dollar with as many places as tell it from nothing.</summary>
    /// <param name="usd">An exact decimal.</param>
    public static string Usd(string usd)
    {
        var value = decimal.Parse(usd, English);
        var size = Math.Abs(value);
        var text = size == 0 ? "0" : size >= 1 ? size.ToString("N2", English) : size.ToString(size >= 0.01m ? "0.00##" : "0.00####", English);
        return (value < 0 ? "−$" : "$") + text;
    }

    /// <summary>"12.5%".</summary>
    public static string Percent(decimal percent) => percent.ToString("0.##", English) + "%";

    /// <summary>"40 s", "3 min", "2 h", "5 days".</summary>
    public static string Age(TimeSpan age) =>
        age < TimeSpan.FromMinutes(1) ? $"{(long)Math.Max(0, age.TotalSeconds)} s"
        : age < TimeSpan.FromHours(1) ? $"{(long)age.TotalMinutes} min"
        : age < TimeSpan.FromDays(2) ? $"{(long)age.TotalHours} h"
        : $"{(long)age.TotalDays} days";

    /// <summary>"Audio transcription" of audio_transcription.</summary>
    public static string Name(string code)
    {
        var words = code.Replace('_', ' ');
        return words.Length == 0 ? words : string.Concat(words[..1].ToUpperInvariant(), words.AsSpan(1));
    }

    /// <summary>Whole tokens with their sign, as the account sees it: a grant adds, use takes.</summary>
    public static string Change(long tokensUsed) => tokensUsed > 0 ? "−" + Formats.Tokens(tokensUsed) : "+" + Formats.Tokens(-tokensUsed);

    /// <summary>The colour of a balance's word.</summary>
    public static string Kind(string status) => status switch { "ok" => "ok", "low" => "low", _ => "bad" };

    /// <summary>The time of day alone where it was today.</summary>
    public static string When(DateTime at, DateTime now) => at.Date == now.Date ? at.ToString("HH:mm:ss", English) : Formats.Time(at);

    public static string Entry(string entry) => entry switch
    {
        "usage" => OperatorTexts.EntryUsage,
        "grant" => OperatorTexts.EntryGrant,
        "removal" => OperatorTexts.EntryRemoval,
        "correction" => OperatorTexts.EntryCorrection,
        _ => entry,
    };
}
