using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;

namespace AiGateway.Pages;

/// <summary>The files of wwwroot, read once, when the first is asked for. A page names them with their hash, so that browsers keep them for good.</summary>
internal sealed class WebFiles
{
    private const string ForGood = "public, max-age=31536000, immutable";
    private const string AskAgain = "public, max-age=300";

    private static readonly Dictionary<string, string> Types = new()
    {
        [".css"] = "text/css; charset=utf-8", [".js"] = "text/javascript; charset=utf-8", [".svg"] = "image/svg+xml", [".txt"] = "text/plain; charset=utf-8", [".woff2"] = "font/woff2",
    };

    private readonly Lazy<FrozenDictionary<string, Asset>> _files = new(Load);

    private sealed record Asset(byte[] Content, byte[]? Zipped, string Type, string Hash);

    /// <param name="path">Below wwwroot, such as /assets/site.css.</param>
    public string Url(string path) => $"{path}?v={_files.Value[path].Hash}";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/assets/{name}", (HttpContext http, WebFiles files) => files.SendAsync(http, "same-origin"));
        endpoints.MapGet("/widgets/{name}", (HttpContext http, WebFiles files) => files.SendAsync(http, "cross-origin"));
        endpoints.MapGet("/favicon.ico", (WebFiles files) => Results.Redirect(files.Url("/assets/icon.svg")));
    }

    /// <param name="readers">Whose pages may load it: same-origin or cross-origin.</param>
    private async Task SendAsync(HttpContext http, string readers)
    {
        var (request, response) = (http.Request, http.Response);
        if (!_files.Value.TryGetValue(request.Path.Value ?? "", out var file))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        response.Headers.CacheControl = request.Query["v"] == file.Hash ? ForGood : AskAgain;
        response.Headers.ETag = $"\"{file.Hash}\"";
        response.Headers.Vary = "Accept-Encoding";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Cross-Origin-Resource-Policy"] = readers;
        if (request.Headers.IfNoneMatch == response.Headers.ETag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = file.Type;
        var zipped = request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase) ? file.Zipped : null;
        if (zipped is not null)
            response.Headers.ContentEncoding = "gzip";
        var body = zipped ?? file.Content;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, http.RequestAborted);
    }

    private static FrozenDictionary<string, Asset> Load()
    {
        var root = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        return Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .ToFrozenDictionary(path => "/" + Path.GetRelativePath(root, path).Replace('\\', '/'), Read, StringComparer.Ordinal);
    }

    private static Asset Read(string path)
    {
        var content = File.ReadAllBytes(path);
        var isPacked = path.EndsWith(".woff2", StringComparison.Ordinal);
        return new Asset(content, isPacked ? null : Zip(content), Types[Path.GetExtension(path)], Convert.ToHexStringLower(SHA256.HashData(content))[..16]);
    }

    private static byte[] Zip(byte[] content)
    {
        using var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.SmallestSize))
            zip.Write(content);
        return zipped.ToArray();
    }
}
