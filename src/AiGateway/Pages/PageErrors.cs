using System.Data.Common;
using AiGateway.Accounts;
using AiGateway.Ledger;
using AiGateway.Pages.Shared;
using AiGateway.Pages.Texts;

namespace AiGateway.Pages;

/// <summary>A ledger that cannot be reached is a page that says so and looks again; it is never shown as a balance of nothing.</summary>
internal sealed class PageErrors : IEndpointFilter
{
    private const string LookAgainSeconds = "5";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception error) when (error is LedgerUnavailableException or KeysUnavailableException or DbException)
        {
            var response = context.HttpContext.Response;
            if (HttpMethods.IsGet(context.HttpContext.Request.Method))
                response.Headers["Refresh"] = LookAgainSeconds;
            return Html.Of<MessagePage>(StatusCodes.Status503ServiceUnavailable, new Message(SharedTexts.LedgerAwayTitle, SharedTexts.LedgerAway));
        }
    }
}
