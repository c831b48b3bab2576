using AiGateway.Tests.EndToEnd;
using AiGateway.Tests.Support;

namespace AiGateway.Tests.Browser;

[Collection(PatientGroup.Name)]
public sealed class FirstPageTests(SharedGateway shared, Chromium chromium) : IClassFixture<SharedGateway>
{
    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 390)]
    public async Task The_first_page_is_fine(bool dark, int width)
    {
        await using var tab = await chromium.OpenAsync(dark, width);
        await tab.GoAsync(shared.Gateway.Process.BaseAddress);
        Assert.Equal("Your AI, metered fairly", await tab["h1"].InnerTextAsync());
        await tab.IsFineAsync();
    }

    [Fact]
    public async Task What_a_page_must_not_do_is_complained_of()
    {
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync(shared.Gateway.Process.BaseAddress);
        await tab.Page.EvaluateAsync("() => { const s = document.createElement('script'); s.textContent = 'window.ran = true'; document.body.append(s); }");
        Assert.False(await tab.Page.EvaluateAsync<bool>("() => window.ran === true"));
        Assert.Contains(tab.Complaints, complaint => complaint.Contains("Content Security Policy", StringComparison.Ordinal));
        await tab.Page.EvaluateAsync("() => document.querySelector('main').append(document.createElement('button'))");
        Assert.Contains(await tab.ViolationsAsync(), line => line.StartsWith("button-name", StringComparison.Ordinal));
    }
}
