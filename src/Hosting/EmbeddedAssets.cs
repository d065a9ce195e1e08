using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;

namespace Identity.Hosting;

/// <summary>
/// The static files of an app, embedded as resources named <c>www/…</c>, held in memory plain and compressed. Served from the
/// assembly so that several apps in one process cannot serve each other's files.
/// </summary>
public sealed class EmbeddedAssets
{
    private const string Prefix = "www/";

    // Voices, letters, pictures.
    private static readonly string[] PackedAlready = [".bin", ".woff2", ".png"];
    private readonly FrozenDictionary<string, Asset> _assets;

    /// <summary>Reads every <c>www/</c> resource of <paramref name="assembly"/>; <paramref name="fill"/> may write settings into a file (path, bytes) once.</summary>
    public EmbeddedAssets(Assembly assembly, Func<string, byte[], byte[]>? fill = null)
    {
        var types = new FileExtensionContentTypeProvider();
        types.Mappings[".webmanifest"] = "application/manifest+json";
        types.Mappings[".wasm"] = "application/wasm";
        _assets = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => Load(assembly, name, types, fill))
            .ToFrozenDictionary(asset => asset.Path, StringComparer.Ordinal);
    }

    /// <summary>Paths of all assets, without a leading slash.</summary>
    public IEnumerable<string> Paths => _assets.Keys;

    /// <summary>The bytes of an asset, or null.</summary>
    public byte[]? Find(string path) => _assets.TryGetValue(path, out var asset) ? asset.Plain.Value : null;

    /// <summary>The brotli-compressed size of an asset in bytes, or null.</summary>
    public int? CompressedSize(string path) => _assets.TryGetValue(path, out var asset) ? asset.Packed.Value.Length : null;

    internal async Task ServeAsync(HttpContext http, string path)
    {
        var asset = _assets[path];
        var response = http.Response;
        response.Headers.ETag = asset.Tag;
        response.Headers.Vary = "Accept-Encoding";
        // Names that carry a content hash never change; the others are asked again each time.
        response.Headers.CacheControl = asset.Hashed ? "public, max-age=31536000, immutable" : "no-cache";
        if (http.Request.Headers.IfNoneMatch.Contains(asset.Tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        var brotli = http.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal) && asset.Packed.Value.Length < asset.Plain.Value.Length;
        if (brotli) response.Headers.ContentEncoding = "br";
        var body = brotli ? asset.Packed.Value : asset.Plain.Value;
        response.ContentType = asset.Type;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method)) await response.Body.WriteAsync(body, http.RequestAborted);
    }

    private static Asset Load(Assembly assembly, string name, FileExtensionContentTypeProvider types, Func<string, byte[], byte[]>? fill)
    {
        var path = name[Prefix.Length..].Replace('\\', '/');
        var hashed = HasHash(path);
        // Languages, letters and voices are many and most are never asked for: read, and packed, when first served.
        var plain = new Lazy<byte[]>(() => fill is null ? Read(assembly, name) : fill(path, Read(assembly, name)));
        var packed = new Lazy<byte[]>(() => PackedAlready.Contains(Path.GetExtension(path)) ? plain.Value : Pack(plain.Value));

        var type = types.TryGetContentType(path, out var found) ? found : "application/octet-stream";
        if (type.StartsWith("text/", StringComparison.Ordinal) || type is "application/json" or "application/manifest+json" or "text/javascript") type += "; charset=utf-8";
        var tag = $"\"{(hashed ? Path.GetFileNameWithoutExtension(path) : Convert.ToHexStringLower(SHA256.HashData(plain.Value))[..32])}\"";
        return new Asset(path, type, plain, packed, tag, hashed);
    }

    private static byte[] Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.SmallestSize, leaveOpen: true)) brotli.Write(bytes);
        return packed.ToArray();
    }

    // esbuild writes chunk-ABCDEF12.js.
    private static bool HasHash(string path)
    {
        var stem = Path.GetFileNameWithoutExtension(path);
        var dash = stem.LastIndexOf('-');
        return dash > 0 && stem.Length - dash - 1 == 8 && stem[(dash + 1)..].All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c));
    }

    private sealed record Asset(string Path, string Type, Lazy<byte[]> Plain, Lazy<byte[]> Packed, string Tag, bool Hashed);
}

/// <summary>Maps the embedded files of an app.</summary>
public static class EmbeddedAssetRoutes
{
    /// <summary>
    /// Serves every <c>www/**</c> resource of <paramref name="assembly"/> by its path, and <c>index.html</c> at the root, at folder
    /// paths and at <paramref name="pages"/>, addresses such as <c>/ask</c> that the page's own script tells apart.
    /// </summary>
    public static EmbeddedAssets MapEmbeddedAssets(this WebApplication app, Assembly assembly, params IReadOnlyList<string> pages) =>
        app.MapEmbeddedAssets(new EmbeddedAssets(assembly), pages);

    /// <summary>The same with files that were read before.</summary>
    public static EmbeddedAssets MapEmbeddedAssets(this WebApplication app, EmbeddedAssets assets, params IReadOnlyList<string> pages)
    {
        foreach (var path in assets.Paths)
        {
            app.MapMethods("/" + path, ["GET", "HEAD"], http => assets.ServeAsync(http, path)).ExcludeFromDescription();
            if (Path.GetFileName(path) == "index.html")
                app.MapMethods("/" + path[..^"index.html".Length].TrimEnd('/'), ["GET", "HEAD"], http => assets.ServeAsync(http, path)).ExcludeFromDescription();
        }
        foreach (var page in pages)
            app.MapMethods(page, ["GET", "HEAD"], http => assets.ServeAsync(http, "index.html")).ExcludeFromDescription();
        return assets;
    }
}
