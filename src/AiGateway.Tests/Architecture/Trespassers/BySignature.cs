using System.ComponentModel;

// Usage may import nothing of ours: each of these does, in one way that a signature can.
namespace AiGateway.Tests.Architecture.Trespassers.Usage;

[Trespass(How.BaseType, "Storage.Thing")]
internal sealed class Inherits : Storage.Thing;

[Trespass(How.Interface, "Storage.IThing")]
internal sealed class Implements : Storage.IThing;

[Trespass(How.Field, "Storage.Thing")]
internal sealed class HasField { public Storage.Thing? Kept = null; }

[Trespass(How.Field, "Storage.Thing")]
internal sealed class HasArrayField { public Storage.Thing[][] Kept = []; }

[Trespass(How.Property, "Storage.Thing")]
internal sealed class HasProperty { public Storage.Thing? Kept { get; set; } }

[Trespass(How.Event, "Storage.Happened")]
internal abstract class HasEvent { public abstract event Storage.Happened Event; }

[Trespass(How.Parameter, "Storage.Thing")]
internal interface ITakes { void Take(in Storage.Thing thing); }

[Trespass(How.Return, "Storage.Thing")]
internal interface IGives { Storage.Thing Give(); }

[Trespass(How.Parameter, "Storage.Thing")]
internal delegate void Calls(Storage.Thing thing);

[Trespass(How.GenericArgument, "Storage.Thing")]
internal interface IGivesMany { Dictionary<string, List<Storage.Thing?[]>> Give(); }

[Trespass(How.GenericArgument, "Storage.Point")]
internal interface IMayGive { Storage.Point? Give(); }

[Trespass(How.Constraint, "Storage.Thing")]
internal sealed class ConstrainsType<T> where T : Storage.Thing;

[Trespass(How.Constraint, "Storage.IThing")]
internal interface IConstrainsMethod { void Take<T>() where T : Storage.IThing; }

[Storage.Thing]
[Trespass(How.Attribute, "Storage.ThingAttribute")]
internal sealed class Wears;

[Trespass(How.Attribute, "Storage.ThingAttribute")]
internal interface IWearsOnParameter { void Take([Storage.Thing] int count); }

[Trespass(How.Attribute, "Storage.ThingAttribute")]
internal interface IWearsOnReturn { [return: Storage.Thing] int Give(); }

[TypeConverter(typeof(Storage.Thing))]
[Trespass(How.AttributeArgument, "Storage.Thing")]
internal sealed class NamesInAttribute;

[DefaultValue(typeof(List<Storage.Thing>), "")]
[Trespass(How.GenericArgument, "Storage.Thing")]
internal sealed class NamesInsideAttribute;

[Lists(Types = [typeof(int), typeof(Storage.Thing)])]
[Trespass(How.AttributeArgument, "Storage.Thing")]
internal sealed class ListsInAttribute;

[AttributeUsage(AttributeTargets.Class)]
internal sealed class ListsAttribute : Attribute { public Type[] Types { get; set; } = []; }

internal static class Outer
{
    internal static class Middle
    {
        [Trespass(How.Field, "Storage.Thing")]
        internal sealed class Inner { public Storage.Thing? Kept = null; }
    }
}
