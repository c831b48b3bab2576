using Mono.Cecil;

namespace AiGateway.Tests.Architecture;

/// <summary>The gateway's types, held against the conventions that hold for all of them.</summary>
public sealed class TypeTests
{
    /// <summary>Types that are neither sealed, static nor abstract, by full name, each with its reason.</summary>
    private static readonly Dictionary<string, string> Open = new()
    {
        ["Program"] = "The compiler writes it, and the tests' host starts from it.",
    };

    /// <summary>The framework builds on these by a generated class or finds them by reflection, and wants them public or open.</summary>
    private static readonly string[] FrameworkBases =
    [
        "Microsoft.AspNetCore.Components.ComponentBase",
        "Microsoft.EntityFrameworkCore.Migrations.Migration",
        "Microsoft.EntityFrameworkCore.Infrastructure.ModelSnapshot",
    ];

    [Fact]
    public void A_type_of_ours_is_internal() =>
        Offences.None(Ours().Where(type => type.IsPublic && !type.FullName.Equals("Program", StringComparison.Ordinal)).Select(type => type.FullName));

    [Fact]
    public void A_class_is_sealed_unless_it_is_made_to_be_derived_from() =>
        Offences.None(WithNested(Ours()).Where(IsOpen).Select(type => type.FullName).Except(Open.Keys));

    [Fact]
    public void Every_exception_from_sealing_still_exists() =>
        Offences.None(Open.Keys.Except(WithNested(Ours()).Where(IsOpen).Select(type => type.FullName)));

    [Fact]
    public void No_type_is_named_like_a_part_of_its_namespace() =>
        Offences.None(Ours().Where(type => type.Namespace.Split('.').Contains(type.Name.Split('`')[0])).Select(type => type.FullName));

    [Fact]
    public void Program_alone_stands_in_the_root() =>
        Assert.Equal(["Program"], Ours().Where(type => Compiled.GatewayMap.FolderOf(type) == FolderMap.Root).Select(type => type.FullName));

    [Theory]
    [InlineData("Inherits", false)]
    [InlineData("Thing", true)]
    [InlineData("Catches", false)]
    [InlineData("HasEvent", false)]
    [InlineData("ITakes", false)]
    [InlineData("Point", false)]
    public void An_open_class_is_told_from_a_closed_one(string name, bool isOpen) =>
        Assert.Equal(isOpen, IsOpen(Compiled.Tests.Types.Single(type => type.Name == name && type.Namespace.Contains(".Trespassers."))));

    private static IEnumerable<TypeDefinition> Ours() => Compiled.Gateway.Types.Where(type =>
        Compiled.GatewayMap.FolderOf(type) is not null && !IsCompilers(type) && !FrameworkBases.Contains(type.BaseType?.FullName)
        && type.Namespace != "AspNetCoreGeneratedDocument");

    private static IEnumerable<TypeDefinition> WithNested(IEnumerable<TypeDefinition> types) =>
        types.SelectMany(type => WithNested(type.NestedTypes.Where(nested => !IsCompilers(nested))).Prepend(type));

    private static bool IsOpen(TypeDefinition type) => type.IsClass && !type.IsValueType && !type.IsSealed && !type.IsAbstract;

    /// <summary>The compiler's own types, those that a generator wrote, and what Razor makes of a file of imports.</summary>
    private static bool IsCompilers(TypeDefinition type) => type.Name.Contains('<') || type.Name == "_Imports" || type.CustomAttributes.Any(a =>
        a.AttributeType.Name is "CompilerGeneratedAttribute" or "GeneratedCodeAttribute");
}
