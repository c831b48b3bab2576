using System.Text;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace AiGateway.Pages;

/// <summary>
/// A Razor component as an answer: rendered once, as a whole, without a circuit and without a script of the framework's. What the component
/// injects is looked for among the models first, then among the services. Nothing of it is made before the first page is asked for.
/// </summary>
internal sealed class Html : IResult
{
    private readonly Type _component;
    private readonly object[] _models;
    private readonly int _status;

    private Html(Type component, object[] models, int status) => (_component, _models, _status) = (component, models, status);

    /// <param name="models">What the page shows; injected by its type.</param>
    public static Html Of<TPage>(params object[] models) where TPage : IComponent => new(typeof(TPage), models, StatusCodes.Status200OK);

    public static Html Of<TPage>(int status, params object[] models) where TPage : IComponent => new(typeof(TPage), models, status);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var text = await RenderAsync(httpContext);
        httpContext.Response.StatusCode = _status;
        httpContext.Response.ContentType = "text/html; charset=utf-8";
        await httpContext.Response.WriteAsync(text, Encoding.UTF8, httpContext.RequestAborted);
    }

    /// <summary>All of it before the first byte: a page that fails is an error, not half a page.</summary>
    private async Task<string> RenderAsync(HttpContext http)
    {
        var services = http.RequestServices;
        var frame = new PageFrame(http, services.GetRequiredService<IAntiforgery>());
        await using var renderer = new HtmlRenderer(new WithModels(services, [frame, .. _models]), services.GetRequiredService<ILoggerFactory>());
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync(_component)).ToHtmlString());
    }

    private sealed class WithModels(IServiceProvider services, object[] models) : IServiceProvider
    {
        public object? GetService(Type serviceType) => Array.Find(models, model => model.GetType() == serviceType) ?? services.GetService(serviceType);
    }
}
