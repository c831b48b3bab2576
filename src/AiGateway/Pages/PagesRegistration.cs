using AiGateway.Pages.Admin;
using AiGateway.Pages.Dashboard;

namespace AiGateway.Pages;

internal static class PagesRegistration
{
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddSingleton<WebFiles>().AddSingleton<OperatorSignIn>().AddSingleton<DashboardReader>().AddSingleton<TodayDesk>().AddSingleton<UserDesk>().AddSingleton<ConfigDesk>().AddSingleton<TestCall>();
        return services.AddAntiforgery(form =>
        {
            form.Cookie.Name = "aigateway_form";
            form.Cookie.SameSite = SameSiteMode.Strict;
            form.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            // PageHeaders forbids framing altogether.
            form.SuppressXFrameOptionsHeader = true;
        });
    }
}
