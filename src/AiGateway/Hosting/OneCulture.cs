using System.Globalization;
using System.Runtime.CompilerServices;

namespace AiGateway.Hosting;

/// <summary>Numbers and words come out alike wherever the program runs. The runtime's own invariant mode would do that too, but SQL Server's driver refuses to work in it.</summary>
internal static class OneCulture
{
    [ModuleInitializer]
    internal static void Set()
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
    }
}
