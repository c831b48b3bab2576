using Load;

// The loads that a closed loop (wrk) cannot make. Each prints one line of figures; times are milliseconds.
//   Load open  URL KEY RATE SECONDS AT_ONCE      calls that start when they are due, however late the answers are; AT_ONCE 0: no limit
//   Load pace  URL KEY STREAMS TURNS             streams whose chunks tell when they were sent
//   Load idle  URL KEY STREAMS                   opens streams, says READY, and keeps them until its input ends
//   Load heavy URL KEY KIND BYTES COUNT          bodies that are hard to read, one after the other
var (mode, url, key) = (args[0], new Uri(args[1]), args[2]);
using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 4096, PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5) }) { Timeout = TimeSpan.FromMinutes(2) };
http.DefaultRequestHeaders.Authorization = new("Bearer", key);
Console.WriteLine(mode switch
{
    "open" => await OpenLoop.RunAsync(http, url, rate: int.Parse(args[3]), seconds: int.Parse(args[4]), atOnce: int.Parse(args[5])),
    "pace" => await Streams.PaceAsync(http, url, streams: int.Parse(args[3]), turns: int.Parse(args[4])),
    "idle" => await Streams.KeepOpenAsync(http, url, streams: int.Parse(args[3])),
    "heavy" => await HeavyBodies.RunAsync(http, url, kind: args[3], bytes: int.Parse(args[4]), count: int.Parse(args[5])),
    _ => throw new ArgumentException($"There is no load named {mode}."),
});
