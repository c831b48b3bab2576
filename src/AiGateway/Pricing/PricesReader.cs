using AiGateway.ConfigFiles;

namespace AiGateway.Pricing;

/// <summary>Makes a <see cref="PriceBook"/> of prices.json, or says everything that is wrong with it.</summary>
internal sealed class PricesReader(ConfigProblems problems)
{
    // As the ledger's column.
    private const int LongestVersion = 64;

    private static readonly ProviderTerms NoTerms = new(new Dictionary<string, long>(), new Dictionary<string, long>());

    private readonly Dictionary<string, ModelPrice> _exact = [];
    private readonly Dictionary<string, ModelPrice> _prefixes = [];
    private readonly PriceEntryReader _entries = new(problems);

    public static PriceBook? Read(byte[] json, ConfigProblems problems) =>
        ConfigTree.Read(json, problems) is { } root ? new PricesReader(problems).Book(root) : null;

    private PriceBook? Book(ConfigNode root)
    {
        var file = new ObjectReader(root, problems);
        file.Text("$schema");
        file.Describe("version", ("maxLength", LongestVersion));
        var version = file.RequiredText("version");
        if (version.Length > LongestVersion && file.Optional("version") is { } node) problems.Error(node, $"is longer than {LongestVersion} characters");
        var ceiling = file.Required("ceiling") is { } dearest ? Ceiling(dearest) : null;
        foreach (var provider in file.Entries("providers")) ReadProvider(provider);
        file.NoOthers();
        if (_exact.Count == 0) problems.Error(root, "no model has a price");
        return problems.HasErrors || ceiling is null ? null : new PriceBook(version, new ModelNames(_exact, _prefixes), ceiling);
    }

    private ModelPrice Ceiling(ConfigNode node)
    {
        var reader = new ObjectReader(node, problems);
        var tools = Tools(reader);
        var entry = _entries.Read(reader, isCeiling: true);
        if (entry.Rates[TokenKind.Input] == 0 || entry.Rates[TokenKind.Output] == 0)
            problems.Error(node, "the ceiling's input and output must cost something: an unknown model would be free");
        return new ModelPrice("ceiling", [entry], NoTerms with { Tools = tools });
    }

    private void ReadProvider(ConfigMember provider)
    {
        var reader = new ObjectReader(provider.Value, problems);
        var terms = new ProviderTerms(Tiers(reader), Tools(reader));
        foreach (var model in reader.Entries("models")) AddModel(model, terms);
        foreach (var alias in reader.Entries("aliases"))
        {
            problems.Shape?.Of(alias.Value).Rule(("type", "string"));
            AddAlias(alias, reader.Entries("models"));
        }
        reader.NoOthers();
    }

    private void AddModel(ConfigMember model, ProviderTerms terms)
    {
        var price = new ModelPrice(model.Name, _entries.ReadAll(model.Value), terms);
        Add(_exact, ModelNames.Canonical(model.Name), price, model);
    }

    private void AddAlias(ConfigMember alias, IReadOnlyList<ConfigMember> models)
    {
        var target = ModelNames.Canonical(alias.Value.Text);
        if (!models.Any(model => ModelNames.Canonical(model.Name) == target) || !_exact.TryGetValue(target, out var price))
            problems.Error(alias.Value, $"there is no model \"{alias.Value.Text}\" here{DidYouMean.Hint(alias.Value.Text, models.Select(model => model.Name))}");
        else if (alias.Name.EndsWith('*'))
            Add(_prefixes, ModelNames.Canonical(alias.Name[..^1]), price, alias);
        else
            Add(_exact, ModelNames.Canonical(alias.Name), price, alias);
    }

    private void Add(Dictionary<string, ModelPrice> prices, string name, ModelPrice price, ConfigMember member)
    {
        if (name.Length == 0) problems.Error(member.Place, member.Value.Path, "a model's name must not be empty");
        else if (!prices.TryAdd(name, price)) problems.Error(member.Place, member.Value.Path, $"\"{member.Name}\" has a price already, as \"{prices[name].Model}\"");
    }

    // In thousandths.
    private Dictionary<string, long> Tiers(ObjectReader reader) => Amounts(reader, "tiers", places: 3, most: 100);

    // In nano-USD per 1,000 calls.
    private Dictionary<string, long> Tools(ObjectReader reader) => Amounts(reader, "tools", places: 9, most: PriceEntryReader.MostUsd);

    private static Dictionary<string, long> Amounts(ObjectReader reader, string name, int places, decimal most)
    {
        var amounts = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in reader.Entries(name)) amounts[member.Name] = reader.ScaledOf(member.Value, places, most) ?? 0;
        return amounts;
    }
}
