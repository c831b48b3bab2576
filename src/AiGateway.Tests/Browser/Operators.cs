using AiGateway.Tests.Support;

namespace AiGateway.Tests.Browser;

/// <summary>An operator at his browser.</summary>
internal static class Operators
{
    public static Task OpenAsync(this Tab tab, GatewayProcess gateway, string path) => tab.GoAsync(new Uri(gateway.BaseAddress, path));

    /// <summary>With the admin key; ends on the page that was asked for.</summary>
    public static async Task SignInAsync(this Tab tab, GatewayProcess gateway, string path = "/admin")
    {
        await tab.OpenAsync(gateway, path);
        await tab["input[name=key]"].FillAsync(RunningGateway.AdminKey);
        await tab["main button"].ClickAsync();
        Assert.Equal(path, new Uri(tab.Page.Url).PathAndQuery);
    }

    public static Task ShowsAsync(this Tab tab, string text) => tab.Page.GetByText(text).First.WaitForAsync();
}
