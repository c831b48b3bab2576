using Microsoft.Extensions.DependencyInjection;

namespace AiGateway.Tests.Architecture.Trespassers.Pipeline
{
    internal sealed class MeteredCall;

    [Trespass(How.Field, "Pipeline.Admission.Gate")]
    internal sealed class KnowsAStep { public Admission.Gate? Kept = null; }

    // The order of the steps, and their registration, have to name them.
    internal static class GatewayPipeline { public static object[] Order() => [new Admission.Gate(), new Settlement.Till()]; }

    internal static class PipelineRegistration { public static void AddPipeline(this IServiceCollection services) => services.AddSingleton<Admission.Gate>(); }
}

namespace AiGateway.Tests.Architecture.Trespassers.Pipeline.Admission
{
    // A step may know the root and the nouns.
    internal sealed class Gate { public MeteredCall? Call = null; public Pricing.Outer? Noun = null; }

    [Trespass(How.Field, "Pipeline.Settlement.Till")]
    internal sealed class KnowsAnotherStep { public Settlement.Till? Kept = null; }

    [Trespass(How.Field, "Storage.Thing")]
    internal sealed class KnowsTables { public Storage.Thing? Kept = null; }

    // A step has no order to write down: the name alone buys nothing here.
    [Trespass(How.Field, "Pipeline.Settlement.Till")]
    internal sealed class GatewayPipeline { public Settlement.Till? Kept = null; }
}

namespace AiGateway.Tests.Architecture.Trespassers.Pipeline.Settlement
{
    internal sealed class Till;
}

namespace AiGateway.Tests.Architecture.Trespassers.Pipeline.Elsewhere
{
    [Trespass(How.BaseType, "System.Object")]
    internal sealed class StandsInNoStep;
}

namespace AiGateway.Tests.Architecture.Trespassers.Routes
{
    [Trespass(How.Field, "Pipeline.MeteredCall")]
    internal sealed class KnowsThePipeline { public Pipeline.MeteredCall? Kept = null; }

    // Decided beside the house's table: a route names its reader and its way to price.
    internal sealed class KnowsReaders { public Usage.IPromises? Reader = null; public Pricing.Outer? Price = null; }
}

namespace AiGateway.Tests.Architecture.Trespassers.Telemetry
{
    [Trespass(How.Field, "Usage.IPromises")]
    internal sealed class KnowsSomeone { public Usage.IPromises? Kept = null; }
}

namespace AiGateway.Tests.Architecture.Trespassers.Billing
{
    [Trespass(How.Instruction, "Hosting.Wiring::MakeThing")]
    internal static class KnowsTheWiring { public static object? Run() => Hosting.Wiring.MakeThing(); }

    internal sealed class KnowsItsVendor { public Stripe.Customer? Kept = null; }
}

namespace AiGateway.Tests.Architecture.Trespassers.Hosting
{
    internal static class Wiring { public static Storage.Thing? MakeThing() => new Pipeline.MeteredCall() is null ? new() : null; }
}

namespace AiGateway.Tests.Architecture.Trespassers.Drawer
{
    [Trespass(How.BaseType, "System.Object")]
    internal sealed class StandsInNoTable;
}

namespace AiGateway.Tests.Architecture.Trespassers.Usage
{
    internal static class UsageRegistration { public static void AddUsage(this IServiceCollection services) => services.AddOptions<Pocket>(); }

    // Registering is a licence for the container, not for another folder.
    [Trespass(How.GenericArgument, "Storage.Thing")]
    internal static class GreedyRegistration { public static void AddGreed(this IServiceCollection services) => services.AddSingleton<Storage.Thing>(); }

    internal sealed class Pocket;

    // Naming a forbidden thing in a text is no reference to it.
    internal static class OnlyTalks { public static string Text => "AiGateway.Storage.Thing, Stripe.Customer, UPDATE"; }
}

namespace AiGateway.Tests.Architecture.Trespassers
{
    // The root puts everything together.
    internal static class Program { public static object? Run() => Hosting.Wiring.MakeThing(); }
}

namespace AiGateway.Tests.Architecture.Trespassers.Demo
{
    [Trespass(How.Instruction, "Trespassers.Program::Run")]
    internal static class CallsProgram { public static object? Run() => Program.Run(); }
}
