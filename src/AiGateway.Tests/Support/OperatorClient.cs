using System.Net;
using System.Text.RegularExpressions;

namespace AiGateway.Tests.Support;

/// <summary>An operator's browser without a screen: keeps cookies, sends forms with their token, follows no redirect.</summary>
internal sealed partial class OperatorClient : IDisposable
{
    public OperatorClient(Uri address) => Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, CookieContainer = Cookies }) { BaseAddress = address };

    public CookieContainer Cookies { get; } = new();

    public HttpClient Http { get; }

    /// <summary>Of the last page that was read.</summary>
    public string FormToken { get; private set; } = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<OperatorClient> SignedInAsync(Uri address)
    {
        var client = new OperatorClient(address);
        await client.ReadAsync("/admin/sign-in");
        using var answer = await client.SendAsync("/admin/sign-in", ("key", RunningGateway.AdminKey));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return client;
    }

    /// <summary>A page that is fine.</summary>
    public async Task<string> ReadAsync(string path)
    {
        using var answer = await Http.GetAsync(path, Cancel);
        var html = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path} answered {(int)answer.StatusCode}: {html}");
        if (Token().Match(html) is { Success: true } token)
            FormToken = WebUtility.HtmlDecode(token.Groups[1].Value);
        return html;
    }

    /// <summary>Sends a form as the last page that was read would.</summary>
    public Task<HttpResponseMessage> SendAsync(string path, params (string Name, string Value)[] fields) =>
        Http.PostAsync(path, new FormUrlEncodedContent([KeyValuePair.Create("__RequestVerificationToken", FormToken), .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]), Cancel);

    /// <summary>The figures of a page by what they are of; the same figure may stand in two places and then has to be the same.</summary>
    public static Dictionary<string, string> Figures(string html)
    {
        var figures = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Match found in Data().Matches(html))
        {
            var (of, value) = (WebUtility.HtmlDecode(found.Groups["of"].Value), WebUtility.HtmlDecode(found.Groups["value"].Value));
            Assert.True(figures.TryAdd(of, value) || figures[of] == value, $"{of} is {figures[of]} and {value}");
        }
        return figures;
    }

    public void Dispose() => Http.Dispose();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();

    [GeneratedRegex("""<data class="num" value="(?<value>[^"]*)" data-of="(?<of>[^"]*)">""")]
    private static partial Regex Data();
}
