using System.Text.RegularExpressions;
using Mono.Cecil;

namespace AiGateway.Tests.Architecture;

/// <summary>Every option can be looked up in docs/configuration.md.</summary>
public sealed class OptionTests
{
    private const string Document = "docs/configuration.md";

    [Fact]
    public void Every_option_has_its_line_in_the_document()
    {
        if (!Repository.Has(Document)) Assert.Skip($"{Document} does not exist yet.");
        var lines = Repository.Read(Document).Split('\n');
        Offences.None(Options(Compiled.Gateway, "AiGateway").Where(option => !lines.Any(line => Names(line, option.Name))).Select(option => option.FullName));
    }

    [Theory]
    [InlineData("| `Ledger__HoldExpiry` | 15 minutes |", "HoldExpiry", true)]
    [InlineData("| `Ledger:HoldExpiry` | 15 minutes |", "HoldExpiry", true)]
    [InlineData("- `HoldExpiry`: 15 minutes", "HoldExpiry", true)]
    [InlineData("| `Ledger__HoldExpiryGrace` | 1 minute |", "HoldExpiry", false)]
    [InlineData("HoldExpiry is an option.", "HoldExpiry", false)]
    public void A_line_names_an_option_by_its_key(string line, string option, bool isNamed) => Assert.Equal(isNamed, Names(line, option));

    [Fact]
    public void Settable_properties_are_found_as_options() =>
        Assert.Equal(["Limit"], Options(Compiled.Tests, typeof(PlantedOptions).FullName ?? "").Select(option => option.Name));

    private sealed class PlantedOptions
    {
        public int Limit { get; set; } = 3;
        public int Doubled => Limit * 2;
    }

    /// <summary>Settable properties of our types whose name ends with Options; derived values are no options.</summary>
    private static IEnumerable<PropertyDefinition> Options(ModuleDefinition module, string beginning) =>
        module.GetTypes().Where(type => type.FullName.Replace('/', '+').StartsWith(beginning, StringComparison.Ordinal) && type.Name.EndsWith("Options", StringComparison.Ordinal))
            .SelectMany(type => type.Properties).Where(property => property.SetMethod?.IsPublic == true);

    /// <summary>The last part of a key, in code marks: `Section__Name`, `Section:Name` or `Name`.</summary>
    private static bool Names(string line, string option) => Regex.IsMatch(line, $@"`([\w:]*(__|:))?{option}`");
}
