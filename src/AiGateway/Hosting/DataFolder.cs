using AiGateway.Ledger;
using Microsoft.Data.Sqlite;

namespace AiGateway.Hosting;

/// <summary>Where local files of this gateway lie: beside the embedded database, else data/ in the working directory.</summary>
internal static class DataFolder
{
    public static string Of(GatewaySettings settings)
    {
        var source = settings.Ledger.Provider == LedgerProvider.Sqlite
            ? new SqliteConnectionStringBuilder(settings.Ledger.ConnectionString).DataSource
            : "data/none";
        return Path.GetDirectoryName(Path.GetFullPath(source)) ?? Path.GetFullPath("data");
    }
}
