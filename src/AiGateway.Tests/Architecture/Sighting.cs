using Mono.Cecil;

namespace AiGateway.Tests.Architecture;

/// <summary>Where in a type's metadata or code a reference stands.</summary>
internal enum How
{
    BaseType, Interface, Override, Field, Property, Event, Parameter, Return,
    GenericArgument, Constraint, Attribute, AttributeArgument, Modifier,
    Local, Instruction, CalledSignature, Catch, Arithmetic, Literal,
}

/// <summary>One reference, and where it was seen.</summary>
/// <param name="Author">The outermost type whose source holds the reference.</param>
/// <param name="Member">The member as its author wrote it, e.g. "Settle" for code inside the state machine of Settle.</param>
/// <param name="Seen">The type referred to: never an array, a by-reference or an instantiated generic, but what those are made of.</param>
/// <param name="Api">The member of <paramref name="Seen"/> that is used; null where only the type is named.</param>
/// <param name="Text">The text of a string literal; null otherwise.</param>
internal sealed record Sighting(TypeDefinition Author, string Member, How How, TypeReference Seen, string? Api = null, string? Text = null)
{
    public string Namespace => Outermost(Seen).Namespace;

    /// <summary>The assembly that holds what was seen; null where it is the assembly under test itself.</summary>
    public string? Assembly => (Seen.Scope as AssemblyNameReference)?.Name;

    public string What => Text is { } text ? $"\"{text}\"" : Api is { } api ? $"{Seen.FullName}::{api}" : Seen.FullName;

    public static TypeReference Outermost(TypeReference type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
