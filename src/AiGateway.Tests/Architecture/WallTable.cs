using static AiGateway.Tests.Architecture.Areas;

namespace AiGateway.Tests.Architecture;

/// <summary>The walls as data. The document in docs/architecture.md is written from this and compared with it.</summary>
internal static class WallTable
{
    public static readonly string[] Steps =
        ["Pipeline/Identification", "Pipeline/Admission", "Pipeline/Sessions", "Pipeline/Forwarding", "Pipeline/Metering", "Pipeline/Settlement"];

    private static readonly string[] PipelineNouns = ["Usage", "Pricing", "Plans", "Routes", "Accounts", "Ledger", "Charging", "Telemetry"];

    private static readonly string[] DoorNouns = ["Accounts", "Ledger", "Insights", "Billing", "Pricing", "Usage", "Plans", "Routes", "Charging"];

    public static readonly Wall[] Walls =
    [
        new("Usage", [], [Database, Http, ProxyVendor, PaymentVendor, Host, Clock, Tasks],
            "What bytes say was used depends on the bytes alone: readers stay pure and synchronous, so that they can be replayed at every split and cannot hurt a stream."),
        new("Pricing", ["Usage", "ConfigFiles"], [Database, Http, Injection],
            "A quote depends on usage and one price list alone, so that any charge can be computed again."),
        new("Plans", ["ConfigFiles"], [Database, Http, PaymentVendor, Injection],
            "Plans are what a file says; who pays for them, and how, is Billing's."),
        new("Routes", ["Usage", "Pricing", "ConfigFiles"], [Database, Http, PaymentVendor, Injection],
            "A route file is checked without serving anything; it names its reader and its way to price, therefore Usage and Pricing."),
        new("ConfigFiles", [], [Database, Http, ProxyVendor, PaymentVendor, Injection],
            "Watching and checking a file is the same for routes, prices and plans, and knows nothing of what the file says."),
        new("Ledger", ["Storage", "Telemetry"], [Http, ProxyVendor, PaymentVendor, Injection],
            "Tokens move by the ledger's rules alone: whoever calls brings figures, never requests or prices; the store in Storage writes, and the audit reads its own way."),
        new("Charging", ["Usage", "Pricing", "Routes", "Ledger"], [Database, Http, ProxyVendor, PaymentVendor, Injection],
            "What an answer costs is one rule, whoever saw the answer: a call, a session or a job that asks later. It knows figures, never who brought them."),
        new("Storage", [], [AspNet, ProxyVendor, PaymentVendor, Injection],
            "Storage reaches tables and holds no rules; whatever it imported would come along to every caller."),
        new("Accounts", ["Storage"], [AspNet, ProxyVendor, PaymentVendor, Injection],
            "Who a caller is must be answerable to a job and a command too, where there is no request."),
        new("Insights", ["Storage"], [AspNet, Injection],
            "Read models serve pages, exports and alerts alike, and reading must not be able to change a balance."),
        new("Pipeline", PipelineNouns, [DatabaseInUse, PaymentVendor],
            "A call on its way asks nouns and never a table: what it may know of money, the Bookkeeper tells it. Its root names a step only where the order is written."),
        .. Steps.Select(step => new Wall(step, ["Pipeline", .. PipelineNouns], [DatabaseInUse, PaymentVendor],
            "Steps do not know each other: what they share travels on MeteredCall, so that each can be read, tested and moved alone.")),
        new("Jobs", ["Accounts", "Ledger", "Charging", "Routes", "Insights", "Usage", "Pricing", "Plans", "Storage", "Telemetry"], [PaymentVendor],
            "Background work has no request: it talks to nouns only, and keeps what it has done in tables of its own."),
        new("Billing", ["Accounts", "Ledger", "Plans", "Storage", "Telemetry"], [ProxyVendor],
            "Money comes in here and goes to the ledger as grants; proxied calls are none of its business."),
        new("Pages", [.. DoorNouns, "ConfigFiles"], [DatabaseInUse],
            "A page shows what nouns say: it decides nothing, reads no table and is no step of a call."),
        new("Api", DoorNouns, [DatabaseInUse],
            "An endpoint turns a request into a question to a noun: it reads no table and is no step of a call."),
        new("Demo", ["Accounts", "Ledger", "Plans", "Billing"], [Database],
            "The demo goes through the doors that a customer goes through, or it would show something else."),
        new("Telemetry", [], [],
            "Names of instruments and log fields are used by everyone, so they may depend on no one."),
        new("Hosting", [Wall.Everything], [],
            "Wiring sees all parts because it puts them together, and no part sees the wiring: only Program imports it."),
    ];

    public static readonly Room[] Rooms =
    [
        new(ProxyVendor, ["Pipeline", .. Steps, "Routes", "Hosting"],
            "One vendor, one room: a new version of the proxy is read up in three folders."),
        new(PaymentVendor, ["Billing"],
            "One vendor, one room: what Stripe calls things stops at Billing."),
        new(EntityFramework, ["Storage", "Accounts", "Insights", "Jobs", "Billing", "Ledger"],
            "One vendor, one room: tables are reached by Storage and those who call it, and by no door and no step."),
        new(Writes, ["Ledger", "Storage", "Accounts", "Billing", "Jobs"],
            "Who can write can break the books: so few folders write that they can all be read in an afternoon."),
    ];

    public static readonly Ban[] Bans =
    [
        new(Floats, ["Pricing", "Storage", "Ledger"],
            "Tokens are whole and money is exact; a double is neither."),
    ];

    public static readonly Exemption[] Exemptions =
    [
        new("A type named `…Registration`, at most one a folder", (_, type) => type.EndsWith("Registration", StringComparison.Ordinal),
            [], [Injection, Options, Configuration, Areas.Hosting],
            "A folder says itself how it is put together; the rest of it stays free of the container."),
        new("`NativeConfig` in Routes", (folder, type) => (folder, type) == ("Routes", "NativeConfig"),
            [], [Injection],
            "YARP parses its own section of a file behind its registration, and nowhere else: reading it ourselves would be a second parser that drifts."),
        new("`GatewayPipeline` and the registration in Pipeline", (folder, type) =>
                folder == "Pipeline" && (type == "GatewayPipeline" || type.EndsWith("Registration", StringComparison.Ordinal)),
            Steps, [],
            "The order of the steps is written down in one place, and that place has to name them."),
    ];
}
