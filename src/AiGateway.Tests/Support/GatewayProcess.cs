using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace AiGateway.Tests.Support;

/// <summary>The built gateway as a process of its own, on a port of its own; can be killed, stopped, and started again on the same data.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    // Enough for a start or a stack trace; a whole log would bury the failure.
    private const int ShownLines = 60;
    private const int FirstPort = 15_000, Ports = 15_000;
    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(60);

    // What the shell of whoever runs the tests has set must not leak into the gateway under test.
    private static readonly string[] Foreign =
        ["OPENAI_", "Server__", "Metrics__", "ASPNETCORE_", "DOTNET_ENVIRONMENT", "Admin__", "Ledger__", "ConnectionStrings__", "STRIPE_", "Stripe__", "Jwt__", "Admission__", "ClientRateLimiting__", "Cors__", "OTEL_", "Alerts__"];

    /// <summary>The variable that makes it speak HTTP/2 only, "Http2", without TLS.</summary>
    public const string Protocols = "Kestrel__EndpointDefaults__Protocols";

    private readonly string folder;
    private readonly Dictionary<string, string> environment;
    private readonly ConcurrentQueue<string> lines = new();
    private Process? process;

    // Two runs of the tests side by side begin at different ones.
    private static int nextPort = Environment.ProcessId * 97;

    /// <param name="folder">Its working directory: data/ is made here, config/ is looked for here first.</param>
    public GatewayProcess(string folder, IReadOnlyDictionary<string, string> environment)
    {
        (this.folder, this.environment) = (folder, new(environment));
        BaseAddress = new Uri($"http://127.0.0.1:{FreePort()}");
        var speaksTwo = environment.GetValueOrDefault(Protocols) == "Http2";
        Client = new HttpClient(new InVersion(speaksTwo ? HttpVersion.Version20 : HttpVersion.Version11, new SocketsHttpHandler { UseProxy = false, UseCookies = false })) { BaseAddress = BaseAddress, Timeout = TimeSpan.FromMinutes(2) };
    }

    public Uri BaseAddress { get; }

    public HttpClient Client { get; }

    /// <summary>The operating system's number.</summary>
    public int Id => Started.Id;

    /// <summary>stdout and stderr so far, in the order they were read; the last lines of them.</summary>
    public string Output => string.Join('\n', lines.TakeLast(ShownLines));

    /// <summary>How many lines so far hold this text.</summary>
    public int Wrote(string text) => lines.Count(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>What it has of the machine's memory, in bytes, without files that it has mapped.</summary>
    public long WorkingSet
    {
        get
        {
            Started.Refresh();
            var status = $"/proc/{Started.Id}/status";
            var own = File.Exists(status) ? File.ReadLines(status).FirstOrDefault(line => line.StartsWith("RssAnon:", StringComparison.Ordinal)) : null;
            return own is null ? Started.WorkingSet64 : 1024 * long.Parse(own.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
        }
    }

    public bool HasExited => process is null || process.HasExited;

    public static string Program => Path.Combine(AppContext.BaseDirectory, "AiGateway.dll");

    /// <summary>Changes one variable for the next start.</summary>
    public void Set(string name, string value) => environment[name] = value;

    public void Launch()
    {
        process?.Dispose();
        process = Process.Start(StartInfo(folder, environment, "--urls", BaseAddress.ToString())) ?? throw new InvalidOperationException("The gateway did not start.");
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public async Task StartAsync()
    {
        Launch();
        try
        {
            await Eventually.TrueAsync(async () => HasExited || await IsReadyAsync(), "the gateway says it is ready", StartBound);
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            throw new InvalidOperationException($"The gateway did not become ready. It wrote:\n{Output}", failed);
        }
        if (HasExited)
            throw new InvalidOperationException($"The gateway exited with {await ExitedAsync()}. It wrote:\n{Output}");
    }

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await Client.GetAsync("/health/ready", TestContext.Current.CancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false; // Not listening yet: asked again.
        }
    }

    /// <summary>Dead at once, like a machine that lost its power: nothing is flushed, nothing is said.</summary>
    public async Task KillAsync()
    {
        if (process is null)
            return;
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Asked to stop, as an orchestrator does.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> StopAsync()
    {
        Assert.Equal(0, SendSignal(Started.Id, SigTerm));
        return ExitedAsync();
    }

    /// <summary>Waits for its end, and for the last line that it wrote.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> ExitedAsync()
    {
        await Started.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Eventually.Bound);
        return Started.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
        process?.Dispose();
        Client.Dispose();
    }

    private Process Started => process ?? throw new InvalidOperationException("It was never started.");

    /// <summary>The program with these arguments, in an environment that knows only what it is given.</summary>
    public static ProcessStartInfo StartInfo(string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Program, .. arguments])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        Clean(start);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return start;
    }

    /// <summary>Without what the shell of whoever runs the tests has set for a gateway.</summary>
    public static ProcessStartInfo Clean(ProcessStartInfo start)
    {
        foreach (var name in start.Environment.Keys.Where(name => Foreign.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))).ToList())
            start.Environment.Remove(name);
        return start;
    }

    private void Keep(string? line)
    {
        if (line is not null)
            lines.Enqueue(line);
    }

    /// <summary>Every request in one version of HTTP and no other.</summary>
    private sealed class InVersion(Version version, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (request.Version, request.VersionPolicy) = (version, HttpVersionPolicy.RequestVersionExact);
            return base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>Below those that systems hand out by themselves, so that nobody else gets it before the gateway listens, or while it is started again.</summary>
    private static int FreePort()
    {
        for (var tries = 0; tries < Ports; tries++)
        {
            var port = FirstPort + (int)((uint)Interlocked.Increment(ref nextPort) % Ports);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
        throw new InvalidOperationException("Every port is taken.");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int process, int signal);
}
