// Plans may not import Storage: each of these does, in one way that only a method's body shows.
namespace AiGateway.Tests.Architecture.Trespassers.Plans;

[Trespass(How.Instruction, "Storage.Thing::.ctor")]
internal static class Creates { public static object Make() => new Storage.Thing(); }

[Trespass(How.Instruction, "Storage.Thing::Touch")]
internal static class CallsStatic { public static void Run() => Storage.Thing.Touch(); }

[Trespass(How.Instruction, "Storage.Thing::Size")]
internal static class ReadsField { public static int Run(object thing) => ((Storage.Thing)thing).Size; }

[Trespass(How.Instruction, "Storage.Thing")]
internal static class TestsType { public static bool Run(object thing) => thing is Storage.Thing; }

[Trespass(How.Instruction, "Storage.Thing")]
internal static class NamesType { public static Type Run() => typeof(Storage.Thing); }

[Trespass(How.Instruction, "Storage.Thing::Touch")]
internal static class PassesMethod { public static Action Run() => Storage.Thing.Touch; }

[Trespass(How.GenericArgument, "Storage.Thing")]
internal static class CallsGeneric { public static Array Run() => Array.Empty<Storage.Thing>(); }

// The address is taken, so that no optimisation removes the local.
[Trespass(How.Local, "Storage.Point")]
internal static class KeepsLocal
{
    public static void Run() => Ask(out Storage.Point _);

    private static void Ask<T>(out T? answer) => answer = default;
}

[Trespass(How.Catch, "Storage.ThingException")]
internal static class Catches
{
    public static bool Run(Action action)
    {
        try { action(); }
        catch (Storage.ThingException) { return false; }
        return true;
    }
}

[Trespass(How.CalledSignature, "Storage.Thing")]
internal static class UsesAnswer { public static bool Run() => Hosting.Wiring.MakeThing() is null; }
