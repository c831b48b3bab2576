using System.Data.Common;
using AiGateway.Accounts;
using AiGateway.Ledger;

namespace AiGateway.Api;

/// <summary>A ledger that cannot be reached is a 503, whatever the endpoint was about to do.</summary>
internal sealed class LedgerErrors : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception error) when (error is LedgerUnavailableException or KeysUnavailableException or DbException)
        {
            return Problems.Unavailable();
        }
        catch (IssuerUnavailableException)
        {
            return Problems.IssuerUnavailable();
        }
    }
}
