using System.Runtime.CompilerServices;
using SQLitePCL;

namespace AiGateway.Storage;

/// <summary>Tells SQLite, before anything opens a file, that no connection here is ever used by two threads at once.</summary>
internal static class SqliteThreads
{
    // Its own locks around every bound value and every allocation would take a tenth of the ledger writer's time.
    [ModuleInitializer]
    internal static void Configure()
    {
        Batteries_V2.Init();
        Check(raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD));
        Check(raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0));
    }

    private static void Check(int code)
    {
        if (code != raw.SQLITE_OK)
            throw new InvalidOperationException($"SQLite was in use before it was configured ({code}).");
    }
}
