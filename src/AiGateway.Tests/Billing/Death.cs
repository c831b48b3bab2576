using System.Data.Common;
using AiGateway.Storage;
using Microsoft.EntityFrameworkCore;

namespace AiGateway.Tests.Billing;

/// <summary>The process ended here: nothing after it was done.</summary>
internal sealed class Death() : Exception("planted");

/// <summary>Connections of a process that may die before any statement.</summary>
internal sealed class DyingConnections(Connections inner, Func<bool> dies) : Connections
{
    public override bool IsDuplicate(DbException error) => inner.IsDuplicate(error);

    public override Task<DbConnection> OpenAsync(CancellationToken cancel) => dies() ? throw new Death() : inner.OpenAsync(cancel);
}

internal sealed class DyingContexts(IDbContextFactory<GatewayDb> inner, Func<bool> dies) : IDbContextFactory<GatewayDb>
{
    public GatewayDb CreateDbContext() => dies() ? throw new Death() : inner.CreateDbContext();
}
