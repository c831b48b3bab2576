namespace AiGateway.Tests.Architecture;

/// <summary>Marks a planted trespasser: the checker must report exactly this.</summary>
/// <param name="sees">A part of the name of what it must not see.</param>
[AttributeUsage(AttributeTargets.All, AllowMultiple = true, Inherited = false)]
internal sealed class TrespassAttribute(How how, string sees) : Attribute
{
    public How How => how;
    public string Sees => sees;
}
