using AiGateway.Pages.Shared;
using AiGateway.Pages.Texts;
using Microsoft.AspNetCore.Antiforgery;

namespace AiGateway.Pages;

/// <summary>A form that changes something must come from a page of ours: it carries the token that the page was given.</summary>
internal sealed class FormCheck : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) || await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http))
            return await next(context);
        return Html.Of<MessagePage>(StatusCodes.Status400BadRequest, new Message(SharedTexts.StaleFormTitle, SharedTexts.StaleForm));
    }
}
