namespace AiGateway.Tests.Architecture;

/// <summary>Each rule about written code is seen to bite and to let go.</summary>
public sealed class SourceTextTests
{
    [Theory]
    [InlineData("Program.cs", "AiGateway")]
    [InlineData("Usage/UsageReport.cs", "AiGateway.Usage")]
    [InlineData("Storage/Migrations/Sqlite/First.cs", "AiGateway.Storage.Migrations.Sqlite")]
    public void A_file_belongs_to_the_namespace_of_its_folder(string path, string expected) =>
        Assert.Equal(expected, SourceText.NamespaceFor(path));

    [Theory]
    [InlineData("using System;\n\nnamespace AiGateway.Usage;\n", "AiGateway.Usage")]
    [InlineData("namespace AiGateway.Storage.Tables\n{\n}\n", "AiGateway.Storage.Tables")]
    [InlineData("// namespace AiGateway.Wrong;\nnamespace AiGateway.Right;\n", "AiGateway.Right")]
    public void A_declared_namespace_is_found(string text, string expected) => Assert.Equal([expected], SourceText.Namespaces(text));

    [Theory]
    [InlineData("using AiGateway.Storage;")]
    [InlineData("using static AiGateway.Storage;")]
    [InlineData("using Rows = global::AiGateway.Storage;")]
    public void An_import_of_ours_is_found(string text) => Assert.Equal(["AiGateway.Storage"], SourceText.OwnImports(text));

    [Theory]
    [InlineData("using System.Text;")]
    [InlineData("// using AiGateway.Storage;")]
    [InlineData("using var reader = AiGateway();")]
    public void Other_lines_import_nothing_of_ours(string text) => Assert.Empty(SourceText.OwnImports(text));

    [Theory]
    [InlineData("#pragma warning disable CS0649", 1)]
    [InlineData("#pragma warning disable CS0649 // CS0649", 1)]
    [InlineData("    #pragma warning disable RS0030 // The one place where time comes in.", 0)]
    [InlineData("#pragma warning restore RS0030", 0)]
    public void A_silenced_warning_needs_its_reason(string text, int offences) => Assert.Equal(offences, SourceText.SilencedWarnings(text).Count());

    [Theory]
    [InlineData("var x = null!;")]
    [InlineData("string Name = default!;")]
    [InlineData("return call.Caller!.Id;")]
    [InlineData("Use(list[0]!);")]
    [InlineData("Use(Find(key)!, 1);")]
    [InlineData("Use($\"{a}\"!);")]
    public void A_silenced_null_is_found(string text) => Assert.Single(SourceText.SilencedNulls(text));

    [Theory]
    [InlineData("if (!ready && a != b && c!=d) return;")]
    [InlineData("Say(\"Done!\"); // never write null!")]
    [InlineData("/* x! */ var c = '!'; var d = '\\u0021';")]
    [InlineData("var raw = \"\"\"say \"x!\" now\"\"\"; var at = @\"c:\\x!\";")]
    public void A_bang_with_another_meaning_is_left_alone(string text) => Assert.Empty(SourceText.SilencedNulls(text));

    [Theory]
    [InlineData("// TO" + "DO later", 1)]
    [InlineData("/* HA" + "CK */", 1)]
    [InlineData("var todos = Hacks();", 0)]
    public void A_promise_is_found(string text, int offences) => Assert.Equal(offences, SourceText.Promises(text).Count());
}
