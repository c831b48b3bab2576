// What the trespassers reach for: one of each kind of type, in a folder called Storage. The vendor is the real one.
namespace AiGateway.Tests.Architecture.Trespassers.Storage;

internal class Thing
{
    public static int Count => 3;
    public int Size = 1;
    public static void Touch() { }
}

internal interface IThing;

internal readonly record struct Point(int X);

internal delegate void Happened();

internal sealed class ThingException : Exception;

[AttributeUsage(AttributeTargets.All)]
internal sealed class ThingAttribute : Attribute;
