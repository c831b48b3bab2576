using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AiGateway.Tests.Jobs;

/// <summary>Takes every mail that comes, and keeps what was said to it.</summary>
internal sealed class MailServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<string> _conversations = [];

    public MailServer()
    {
        _listener.Start();
        _ = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Count { get { lock (_conversations) return _conversations.Count; } }

    /// <summary>The newest conversation, folded lines unfolded.</summary>
    public string Last { get { lock (_conversations) return _conversations[^1].Replace("=\n", "", StringComparison.Ordinal); } }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                var said = await TalkAsync(client);
                lock (_conversations)
                    _conversations.Add(said);
            }
        }
        catch (Exception over) when (over is ObjectDisposedException or SocketException or IOException)
        {
            // The test is over.
        }
    }

    private static async Task<string> TalkAsync(TcpClient client)
    {
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\r\n" };
        var said = new StringBuilder();
        var isBody = false;
        await writer.WriteLineAsync("220 here");
        while (await reader.ReadLineAsync() is { } line)
        {
            said.Append(line).Append('\n');
            if (isBody && line != ".")
                continue;
            (isBody, var answer) = line.Split(' ')[0].ToUpperInvariant() switch { "DATA" => (true, "354 go on"), "EHLO" => (false, "250 here"), "QUIT" => (false, "221 bye"), _ => (false, "250 ok") };
            await writer.WriteLineAsync(answer);
        }
        return said.ToString();
    }
}
