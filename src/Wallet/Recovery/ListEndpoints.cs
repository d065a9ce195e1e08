using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Hosting;
using Identity.Wallet.Data;
using Microsoft.EntityFrameworkCore;

namespace Identity.Wallet.Recovery;

/// <summary>
/// Encrypted lists: <c>GET</c> and <c>PUT /api/recovery/lists/{id}</c>. Reading takes the list's token; writing also takes a proof by the key of the wallet that enrolled it, and
/// the version it knows (<c>If-Match: "7"</c>, or <c>If-None-Match: *</c> for a new one). A wrong token and a list that is not there read alike (404).
/// </summary>
internal static class ListEndpoints
{
    /// <summary>The longest list, in bytes.</summary>
    public const int MaxLength = 16 * 1024;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/recovery/lists/{id}", GetAsync).RequireRateLimiting(Limits.Secrets);
        app.MapPut("/api/recovery/lists/{id}", PutAsync).RequireRateLimiting(Limits.Secrets);
    }

    private static async Task<IResult> GetAsync(string id, HttpContext http, WalletDb db, TimeProvider clock, CancellationToken ct)
    {
        if (await FindAsync(http, id, db, ct) is not { } list) return Unknown;
        if (list.HasEnded(clock.GetUtcNow())) return Replaced;
        http.Response.Headers.ETag = Tag(list.Version);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Bytes(list.Content, "application/octet-stream");
    }

    private static async Task<IResult> PutAsync(string id, HttpContext http, WalletDb db, RecoverySettings settings, TimeProvider clock, CancellationToken ct)
    {
        if (await Body.ReadAsync(http, MaxLength, ct) is not { Length: > 0 } body) return Results.Problem(statusCode: 413, title: "A list has 1 byte to 16 kB");
        if (!IsId(id) || Token(http) is not { } token) return Unknown;
        var now = clock.GetUtcNow();
        if (HolderProof.Read(http, body, settings, now) is not { } key) return Refused;

        await using var transaction = await db.Database.BeginExclusiveAsync(Scope(id), ct);
        var list = await db.RecoveryLists.SingleOrDefaultAsync(l => l.Id == id, ct);
        if (list is null)
        {
            if (http.Request.Headers.IfNoneMatch != "*") return Unknown;
            db.RecoveryLists.Add(list = new RecoveryListRow { Id = id, TokenHash = SHA256.HashData(token), HolderKey = key, Content = body, Version = 1, WrittenAt = now });
        }
        else
        {
            if (!CryptographicOperations.FixedTimeEquals(list.TokenHash, SHA256.HashData(token))) return Unknown;
            if (list.HolderKey != key) return Refused;
            if (list.HasEnded(now)) return Replaced;
            if (http.Request.Headers.IfMatch != Tag(list.Version)) return Results.Problem(statusCode: 412, title: "Somebody was faster: fetch the list again");
            (list.Content, list.Version, list.WrittenAt) = (body, list.Version + 1, now);
        }
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        http.Response.Headers.ETag = Tag(list.Version);
        return Results.NoContent();
    }

    /// <summary>The list of this id whose token the request bears, or null.</summary>
    public static async Task<RecoveryListRow?> FindAsync(HttpContext http, string id, WalletDb db, CancellationToken ct) =>
        IsId(id) && Token(http) is { } token && await db.RecoveryLists.SingleOrDefaultAsync(l => l.Id == id, ct) is { } list && CryptographicOperations.FixedTimeEquals(list.TokenHash, SHA256.HashData(token)) ? list : null;

    /// <summary>Writers of one list take turns.</summary>
    public static string Scope(string id) => "recovery " + id;

    public static IResult Unknown => Results.Problem(statusCode: 404, title: "No such list");

    public static IResult Refused => Results.Problem(statusCode: 403, title: "Only the wallet that enrolled the list may do this");

    /// <summary>The sheet was replaced more than thirty days ago: it says so to whoever has it.</summary>
    public static IResult Replaced => ContactEndpoints.Problem(410, "replaced");

    private static string Tag(int version) => $"\"{version}\"";

    private static bool IsId(string id) => id.Length == 43 && Base64Url.TryDecode(id, out _);

    private static byte[]? Token(HttpContext http) =>
        http.Request.Headers.Authorization.ToString() is ['B', 'e', 'a', 'r', 'e', 'r', ' ', .. var text] && Base64Url.TryDecode(text, out var token) && token.Length == 32 ? token : null;
}

/// <summary>Small bodies.</summary>
internal static class Body
{
    /// <summary>The whole body; null where it is longer than <paramref name="max"/> bytes.</summary>
    public static async Task<byte[]?> ReadAsync(HttpContext http, int max, CancellationToken ct)
    {
        if (http.Request.ContentLength > max) return null;
        var (buffer, read) = (new byte[max + 1], 0);
        for (int more; read < buffer.Length && (more = await http.Request.Body.ReadAsync(buffer.AsMemory(read), ct)) > 0;) read += more;
        return read > max ? null : buffer[..read];
    }
}
