using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Stripe;
using WireMock;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;
using WireMock.Settings;
using WireMock.Types;
using WireMock.Util;

namespace AiGateway.Tests.Billing;

/// <summary>
/// Stripe's API as a test sets it up, over HTTP: objects as they are now, and answers that fail when they shall. One server plays it for all
/// tests; each has an account of its own in the address.
/// </summary>
internal sealed class FakeStripe : IDisposable
{
    /// <summary>What tests look back at is kept by each of them; the server's own log would only grow.</summary>
    private const int ServerLog = 10;

    private static readonly ConcurrentDictionary<string, FakeStripe> Accounts = [];
    private static readonly Lazy<WireMockServer> Server = new(Start);
    private static int s_accounts;

    private readonly string _account = $"account{Interlocked.Increment(ref s_accounts)}";
    private readonly Dictionary<string, StripeEntity> _objects = [];
    private readonly Dictionary<string, InvoiceLineItem[]> _lines = [];
    private readonly Dictionary<string, StripeEntity[]> _lists = [];
    private readonly List<(string Intent, string Invoice)> _paid = [];
    private int _answers;

    public FakeStripe() => Accounts[_account] = this;

    /// <summary>Where this account is.</summary>
    public string ApiBase => $"{Server.Value.Url}/{_account}";

    /// <summary>Asked before every answer; true: this one fails.</summary>
    public Func<bool> Fails { get; set; } = () => false;

    /// <summary>What was changed: "DELETE /v1/subscriptions/sub_1", a space, the form.</summary>
    public List<string> Changes { get; } = [];

    /// <summary>The payments that went back.</summary>
    public HashSet<string> Refunded { get; } = [];

    public void Now<T>(T paper) where T : StripeEntity, IHasId => _objects[paper.Id] = paper;

    public void Paid(string intent, string invoice) => _paid.Add((intent, invoice));

    public void Lines(string invoice, params InvoiceLineItem[] lines) => _lines[invoice] = lines;

    /// <summary>What "/v1/invoices", say, lists.</summary>
    public void Lists(string path, params StripeEntity[] data) => _lists[path] = data;

    public void Dispose() => Accounts.TryRemove(_account, out _);

    private static WireMockServer Start()
    {
        var server = WireMockServer.Start(new WireMockServerSettings { MaxRequestLogCount = ServerLog });
        server.Given(Request.Create()).RespondWith(Response.Create().WithCallback(request =>
        {
            var parts = request.Path.Split('/', 3);
            return Accounts.TryGetValue(parts[1], out var account) ? account.Answer(request, "/" + parts[2]) : Answered(404, new { });
        }));
        return server;
    }

    private ResponseMessage Answer(IRequestMessage request, string path)
    {
        lock (_objects)
        {
            _answers++;
            if (Fails())
                return Answered(_answers % 2 == 0 ? 429 : 500, new { error = new { type = "api_error", code = "rate_limit", message = "planted" } });
            return (request.Method, path.Split('/', StringSplitOptions.RemoveEmptyEntries)) switch
            {
                ("GET", ["v1", "invoices", var id, "lines"]) => Answered(200, Paper.List(_lines.GetValueOrDefault(id) ?? [])),
                ("GET", ["v1", "invoice_payments"]) => Answered(200, Paper.List(Payments(request))),
                ("GET", ["v1", .. { Length: 1 or 2 } list]) when _lists.TryGetValue("/v1/" + string.Join('/', list), out var data) => Answered(200, Paper.List(data)),
                ("GET", ["v1", _, var id]) => Found(id),
                _ => Change(request, path),
            };
        }
    }

    private IEnumerable<InvoicePayment> Payments(IRequestMessage request)
    {
        var (intent, invoice) = (Query(request, "payment[payment_intent]"), Query(request, "invoice"));
        return _paid.Where(p => p.Intent == (intent ?? p.Intent) && p.Invoice == (invoice ?? p.Invoice)).Select(p => Paper.InvoicePayment($"inpay_{p.Intent}", p.Invoice, p.Intent));
    }

    private ResponseMessage Change(IRequestMessage request, string path)
    {
        Changes.Add($"{request.Method} {path} {Uri.UnescapeDataString(request.Body ?? "")}".Trim());
        switch (request.Method, path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            case ("DELETE", ["v1", "subscriptions", var id]) when _objects.GetValueOrDefault(id) is Subscription { Status: not "canceled" } live:
                live.Status = "canceled";
                live.EndedAt = live.Items.Data[0].CurrentPeriodStart;
                return Found(id);
            case ("POST", ["v1", "refunds"]):
                var intent = System.Web.HttpUtility.ParseQueryString(request.Body ?? "")["payment_intent"] ?? "";
                return Refunded.Add(intent)
                    ? Answered(200, Paper.Refund($"re_of_{intent}", intent, 1, "succeeded"))
                    : Answered(400, new { error = new { type = "invalid_request_error", code = "charge_already_refunded" } });
            default:
                return Missing;
        }
    }

    private ResponseMessage Found(string id) => _objects.TryGetValue(id, out var found) ? Answered(200, found) : Missing;

    private static ResponseMessage Missing => Answered(404, new { error = new { type = "invalid_request_error", code = "resource_missing" } });

    private static string? Query(IRequestMessage request, string name) => request.Query is { } query && query.TryGetValue(name, out var values) ? values[0] : null;

    private static ResponseMessage Answered(int status, object body) => new()
    {
        StatusCode = status, Headers = new Dictionary<string, WireMockList<string>> { ["Content-Type"] = new("application/json") },
        BodyData = new BodyData { DetectedBodyType = BodyType.String, BodyAsString = (Paper.Json(body) ?? new JsonObject()).ToJsonString() },
    };
}
