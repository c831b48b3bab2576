using System.Globalization;
using AiGateway.ConfigFiles;

namespace AiGateway.Pricing;

/// <summary>Reads one price: rates, long context, units, first day.</summary>
internal sealed class PriceEntryReader(ConfigProblems problems)
{
    /// <summary>USD per 1M. Far above any price; keeps nano-USD, times thousandths, times any count of tokens, within 128 bits.</summary>
    public const decimal MostUsd = 1_000_000;

    // Rates are nano-USD: nine decimal places of a USD.
    private const int Places = 9;

    private static readonly (string Name, TokenKind Kind)[] Kinds =
    [
        ("input", TokenKind.Input), ("cached_input", TokenKind.CachedInput), ("cache_write", TokenKind.CacheWrite),
        ("cache_write_1h", TokenKind.CacheWriteOneHour), ("output", TokenKind.Output), ("audio_input", TokenKind.InputAudio),
        ("cached_audio_input", TokenKind.CachedInputAudio), ("audio_output", TokenKind.OutputAudio), ("image_input", TokenKind.InputImage),
        ("cached_image_input", TokenKind.CachedInputImage), ("image_output", TokenKind.OutputImage),
    ];

    /// <summary>A model's prices, newest first: one object, or a list of several days'.</summary>
    public IReadOnlyList<PriceEntry> ReadAll(ConfigNode node)
    {
        var nodes = node.Kind == ConfigKind.Array ? node.Items : [node];
        problems.Shape?.AllowList(node, nodes);
        if (nodes.Count == 0) problems.Error(node, "lists no price");
        var entries = nodes.Select(each => Read(new ObjectReader(each, problems), isCeiling: false)).ToArray();
        foreach (var twice in entries.GroupBy(entry => entry.ValidFrom).Where(group => group.Count() > 1))
            problems.Error(node, $"has two prices from {(twice.Key is { } day ? day.ToString("O", CultureInfo.InvariantCulture) : "the beginning")}");
        return [.. entries.OrderByDescending(entry => entry.ValidFrom ?? DateOnly.MinValue)];
    }

    /// <param name="isCeiling">The ceiling has one price for any picture, and no date.</param>
    public PriceEntry Read(ObjectReader reader, bool isCeiling)
    {
        var rates = ReadRates(reader);
        var units = new UnitRates
        {
            Minute = reader.Scaled("minute", Places, MostUsd),
            MillionCharacters = reader.Scaled("characters", Places, MostUsd),
            MillionTrained = reader.Scaled("training", Places, MostUsd),
            Images = isCeiling ? Any(reader, "image") : Images(reader),
            FilmSeconds = isCeiling ? Any(reader, "film_second") : FilmSeconds(reader),
        };
        var validFrom = isCeiling ? null : ValidFrom(reader);
        var longer = isCeiling ? null : ReadLongContext(reader, rates);
        reader.NoOthers();
        return new PriceEntry(validFrom, rates, longer, units);
    }

    private Rates ReadRates(ObjectReader reader)
    {
        var rates = new Dictionary<TokenKind, long>();
        foreach (var (name, kind) in Kinds)
            if (reader.Scaled(name, Places, MostUsd) is { } rate) rates[kind] = rate;
        reader.Required("input");
        return new Rates(rates);
    }

    private LongContext? ReadLongContext(ObjectReader reader, Rates usual)
    {
        if (reader.Optional("long_context") is not { } node) return null;
        var inner = new ObjectReader(node, problems);
        var over = inner.RequiredWhole("over", 1, 100_000_000);
        var rates = ReadRates(inner);
        inner.NoOthers();
        // Left out, cached input would quietly cost what input does, or less than it should.
        foreach (var (name, _) in Kinds.Where(each => usual.Given.ContainsKey(each.Kind) && !rates.Given.ContainsKey(each.Kind)))
            problems.Error(node, $"has no \"{name}\", which the usual price has");
        return new LongContext(over, rates);
    }

    private DateOnly? ValidFrom(ObjectReader reader)
    {
        reader.Describe("valid_from", ("type", "string"), ("format", "date"));
        if (reader.Optional("valid_from") is not { } node) return null;
        if (DateOnly.TryParseExact(node.Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
        problems.Error(node, $"\"{node.Text}\" is not a date (yyyy-mm-dd)");
        return null;
    }

    private static Dictionary<string, long> Any(ObjectReader reader, string name)
    {
        var any = reader.Scaled(name, Places, MostUsd);
        return any is { } rate ? new() { [""] = rate } : [];
    }

    // film_second: { size: USD }
    private static Dictionary<string, long> FilmSeconds(ObjectReader reader)
    {
        var films = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
        foreach (var size in reader.Entries("film_second"))
            films[size.Name] = reader.ScaledOf(size.Value, Places, MostUsd) ?? 0;
        return films;
    }

    // images: { size: { quality: USD } }
    private Dictionary<string, long> Images(ObjectReader reader)
    {
        var images = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
        foreach (var size in reader.Entries("images"))
        {
            if (size.Value.Members.Count == 0) problems.Error(size.Value, "must name qualities and their prices");
            foreach (var quality in new ObjectReader(size.Value, problems).Entries())
                images[$"{size.Name}/{quality.Name}"] = reader.ScaledOf(quality.Value, Places, MostUsd) ?? 0;
        }
        return images;
    }
}
