using AiGateway.Pages.Texts;

namespace AiGateway.Pages;

/// <summary>Every element of aigateway.js in every state, as the HTML that shows it. An element with data in its attributes asks no server.</summary>
internal static class WidgetSamples
{
    internal sealed record Sample(string State, string Html);

    /// <param name="Tag">The element's name.</param>
    internal sealed record Element(string Tag, string Text, IReadOnlyList<Sample> Samples);

    private const string Days =
        """[{"day":"2027-03-01","tokens":42100},{"day":"2027-03-02","tokens":18750},{"day":"2027-03-03","tokens":0},{"day":"2027-03-04","tokens":61200},{"day":"2027-03-05","tokens":33900},{"day":"2027-03-06","tokens":8420},{"day":"2027-03-07","tokens":57300}]""";

    public static readonly IReadOnlyList<Element> All =
    [
        new("aigateway-balance", WidgetTexts.Balance,
        [
            new(WidgetTexts.Ok, """<aigateway-balance balance="4234567" allocation="5000000"></aigateway-balance>"""),
            new(WidgetTexts.Low, """<aigateway-balance balance="412000" allocation="5000000" status="low"></aigateway-balance>"""),
            new(WidgetTexts.Depleted, """<aigateway-balance balance="0" allocation="600000" status="depleted" resets-at="2027-03-12T00:00:00Z"></aigateway-balance>"""),
            new(WidgetTexts.Error, """<aigateway-balance state="error" balance="4234567" allocation="5000000"></aigateway-balance>"""),
            new(WidgetTexts.Loading, """<aigateway-balance state="loading"></aigateway-balance>"""),
        ]),
        new("aigateway-estimate", WidgetTexts.Estimate,
        [
            new(WidgetTexts.Ok, """<aigateway-estimate inline values='{"typical_low":50000,"typical_high":100000,"has_enough":true,"balance":4234567,"allocation":5000000}'></aigateway-estimate>"""),
            new(WidgetTexts.Low, """<aigateway-estimate inline values='{"typical_low":50000,"typical_high":100000,"has_enough":true,"balance":512000,"allocation":5000000}'></aigateway-estimate>"""),
            new(WidgetTexts.Depleted, """<aigateway-estimate inline values='{"typical_low":50000,"typical_high":100000,"has_enough":false,"balance":12400,"allocation":600000}'></aigateway-estimate>"""),
            new(WidgetTexts.Unknown, """<aigateway-estimate inline values='{"estimated_tokens":12096,"has_enough":true,"balance":4234567,"allocation":5000000}'></aigateway-estimate>"""),
        ]),
        new("aigateway-toast", WidgetTexts.Toast,
        [
            new(WidgetTexts.Ok, """<aigateway-toast inline values='{"used":3870,"remaining":4234567,"status":"ok"}'></aigateway-toast>"""),
            new(WidgetTexts.Low, """<aigateway-toast inline values='{"used":3870,"remaining":412000,"status":"low"}'></aigateway-toast>"""),
            new(WidgetTexts.Depleted, """<aigateway-toast inline values='{"used":3870,"remaining":0,"status":"depleted"}'></aigateway-toast>"""),
            new(WidgetTexts.Error, """<aigateway-toast inline values='{"error":true}'></aigateway-toast>"""),
        ]),
        new("aigateway-low-balance", WidgetTexts.LowBalance,
        [
            new(WidgetTexts.Low, """<aigateway-low-balance inline values='{"balance":412000}'></aigateway-low-balance>"""),
            new(WidgetTexts.Refused, """<aigateway-low-balance inline values='{"refused":true,"what":"Your blueprint"}'></aigateway-low-balance>"""),
        ]),
        new("aigateway-usage", WidgetTexts.Usage,
        [
            new(WidgetTexts.Ok, $$"""<aigateway-usage values='{"days":{{Days}},"actions":[{"action_type":"blueprint","calls":4,"tokens":148200},{"action_type":"chat","calls":19,"tokens":73470}]}'></aigateway-usage>"""),
            new(WidgetTexts.Empty, """<aigateway-usage values='{"days":[{"day":"2027-03-01","tokens":0}],"actions":[]}'></aigateway-usage>"""),
            new(WidgetTexts.Error, """<aigateway-usage values='{"failed":true}'></aigateway-usage>"""),
        ]),
        new("aigateway-buy", WidgetTexts.Buy,
        [
            new(WidgetTexts.Ok, """<aigateway-buy values='{"packs":[{"id":"small","name":"100,000 tokens","tokens":100000,"price_usd":"15.00","about_chats":28},{"id":"large","name":"1,000,000 tokens","tokens":1000000,"price_usd":"109.00","about_chats":285}],"plans":[{"id":"annual","name":"Annual","tokens":5000000,"price_usd":"999.00","about_chats":1428,"every":{"count":1,"unit":"year"}}]}'></aigateway-buy>"""),
            new(WidgetTexts.Empty, """<aigateway-buy values='{"packs":[],"plans":[]}'></aigateway-buy>"""),
            new(WidgetTexts.Error, """<aigateway-buy values='{"failed":true}'></aigateway-buy>"""),
        ]),
    ];

    /// <summary>The two lines that a page needs.</summary>
    public static string Setup(string origin) => $"""
        <meta name="aigateway-token" content="agw_ptl_…">
        <script type="module" src="{origin}/widgets/aigateway.js"></script>

        <aigateway-balance></aigateway-balance>
        <aigateway-toast></aigateway-toast>
        <aigateway-low-balance></aigateway-low-balance>
        """;

    /// <summary>How the app's server gets the token.</summary>
    public static string Server(string origin) => $$"""
        curl -X POST {{origin}}/gateway/v1/portal-sessions \
          -H "Authorization: Bearer $AIGATEWAY_APP_KEY" \
          -H "Content-Type: application/json" \
          -d '{"user_id":"the-signed-in-user"}'
        """;

    public const string Script = """
        import { configure, apply } from "…/widgets/aigateway.js";

        // A new token when the old one is over.
        configure({ getToken: async () => (await (await fetch("/my/token")).text()) });

        // Ask first, call, tell afterwards. Your server passes the X-AiGateway-* headers on.
        if (await document.querySelector("aigateway-estimate").ask({ action: "blueprint" }))
          apply(await fetch("/my/blueprint", { method: "POST" }), { what: "Your blueprint" });
        """;

    public const string Style = """
        aigateway-balance { --aigateway-accent: #7a3ff2; --aigateway-radius: 6px; }
        aigateway-balance::part(value) { font-size: 2rem; }
        """;
}
