// The same reach from code that the compiler moves into types of its own: the author's name must come out all the same.
namespace AiGateway.Tests.Architecture.Trespassers.Plans;

[Trespass(How.Instruction, "Storage.Thing::Touch")]
internal static class Awaits
{
    public static async Task Run()
    {
        await Task.Yield();
        Storage.Thing.Touch();
    }
}

[Trespass(How.Instruction, "Storage.Thing::Touch")]
internal static class AwaitsInLambda
{
    public static Func<Task> Run(int times) => async () =>
    {
        for (var i = 0; i < times; i++) await Task.Yield();
        Storage.Thing.Touch();
    };
}

[Trespass(How.Instruction, "Storage.Thing::get_Count")]
internal static class Iterates
{
    public static IEnumerable<int> Run() { yield return Storage.Thing.Count; }
}

[Trespass(How.Instruction, "Storage.Thing::get_Count")]
internal static class IteratesAsync
{
    public static async IAsyncEnumerable<int> Run()
    {
        await Task.Yield();
        yield return Storage.Thing.Count;
    }
}

[Trespass(How.Instruction, "Storage.Thing::get_Count")]
internal static class ClosesOver
{
    public static Func<int, Func<int>> Run(int a) => b => () => a + b + Storage.Thing.Count;
}

[Trespass(How.Field, "Storage.Thing")]
internal static class Captures
{
    public static Func<string?> Run(object thing) { var kept = (Storage.Thing)thing; return () => kept.ToString(); }
}

[Trespass(How.Instruction, "Storage.Thing::get_Count")]
internal static class HasLocalFunction
{
    public static int Run() { return Inner(1); static int Inner(int more) => Storage.Thing.Count + more; }
}
