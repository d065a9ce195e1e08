using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.StatusList;
using Identity.Credentials.Types;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Identity.Wallet.Tests.Holder;

/// <summary>An issuer on the loopback address that does everything right, until a test changes one answer.</summary>
internal sealed class ReceivingIssuer : IAsyncDisposable
{
    public const string Configuration = "qualification";
    public const string Compact = "qualification-compact";

    public const string Paper = "qualification-paper";
    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate;

    private ReceivingIssuer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        var request = new CertificateRequest("CN=College", Key.Raw, HashAlgorithmName.SHA256);
        _certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(90));
        _app.MapGet("/.well-known/openid-credential-issuer/college", () => Answer("metadata", Metadata()));
        _app.MapGet("/.well-known/oauth-authorization-server/college", () => Answer("server", new JsonObject { ["issuer"] = Identifier, ["token_endpoint"] = $"{Identifier}/token" }));
        _app.MapPost("/college/token", () => Answer("token", new JsonObject { ["access_token"] = "bearer", ["token_type"] = "Bearer" }));
        _app.MapPost("/college/nonce", () => Answer("nonce", new JsonObject { ["c_nonce"] = "nonce" }));
        _app.MapPost("/college/credential", async (HttpRequest http) => await CredentialAsync(http));
        _app.MapGet("/college/status/1", () => StatusList is { } list ? Results.Text(list, StatusListToken.MediaType) : Results.NotFound());
        _app.MapGet("/college/elsewhere", () => Results.Redirect($"{Identifier}/token"));
    }

    public Es256Key Key { get; } = Es256Key.Create();

    public string Identifier => $"{_app.Urls.Single()}/college";

    /// <summary>Changes an answer by its name (metadata, server, token, nonce, credential, compact) before it is sent.</summary>
    public Dictionary<string, Action<JsonObject>> Change { get; } = [];

    /// <summary>Makes a credential for a key; a test may put a worse one in its place.</summary>
    public Func<Jwk, int, string> MakeSdJwt { get; set; } = null!;

    /// <summary>Makes a compact form for a key.</summary>
    public Func<Jwk, int, string> MakeCompact { get; set; } = null!;

    /// <summary>The paper, or null to refuse one.</summary>
    public Func<string?> MakePaper { get; set; } = null!;

    /// <summary>The published status list, or null for none to be had.</summary>
    public string? StatusList { get; private set; }

    /// <summary>Publishes status list 1 with one value at one index.</summary>
    public void Publish(int index, StatusValue value, ISigner? signer = null)
    {
        var list = new StatusArray(2, 64);
        list.Set(index, (byte)value);
        StatusList = StatusListToken.Sign($"{Identifier}/status/1", DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddHours(1), null, list, signer ?? Key);
    }

    /// <summary>The proofs of the last credential request.</summary>
    public IReadOnlyList<Jws> Proofs { get; private set; } = [];

    public static async Task<ReceivingIssuer> StartAsync()
    {
        var issuer = new ReceivingIssuer();
        issuer.MakeSdJwt = (holder, _) => issuer.SdJwt(holder);
        issuer.MakeCompact = (holder, _) => issuer.CompactOf(holder);
        issuer.MakePaper = () => issuer.PaperOf();
        await issuer._app.StartAsync();
        return issuer;
    }

    public string OfferLink(params string[] ids) => "openid-credential-offer://?credential_offer=" + Uri.EscapeDataString(new JsonObject
    {
        ["credential_issuer"] = Identifier,
        ["credential_configuration_ids"] = new JsonArray([.. (ids.Length == 0 ? [Configuration, Compact] : ids).Select(id => (JsonNode)id)]),
        ["grants"] = new JsonObject { ["urn:ietf:params:oauth:grant-type:pre-authorized_code"] = new JsonObject { ["pre-authorized_code"] = "code" } },
    }.ToJsonString());

    public string SdJwt(Jwk holder, Action<JsonObject>? payload = null, ISigner? signer = null, string typ = SdJwtVc.Typ)
    {
        var claims = Claims();
        (claims["iss"], claims["vct"], claims["cnf"]) = (Identifier, "urn:identity:qualification:1", new JsonObject { ["jwk"] = holder.ToJson() });
        claims["exp"] = DateTimeOffset.UtcNow.AddDays(30).ToUnixTimeSeconds();
        payload?.Invoke(claims);
        var header = new JsonObject { ["typ"] = typ, ["x5c"] = X5c.ToJson([_certificate]) };
        return SdJwtIssuer.Issue(header, claims, [new ClaimPath("holder_name"), new ClaimPath("title")], signer ?? Key, RandomNumberGenerator.Fill);
    }

    public string CompactOf(Jwk holder, string type = "qualification", ISigner? signer = null, Action<JsonObject>? change = null)
    {
        var claims = Claims();
        change?.Invoke(claims);
        return Base64Url.Encode(CompactIssuer.Issue(TypeDefinition.Find(type)!, claims, holder, null, null, 1, 1, signer ?? Key, RandomNumberGenerator.Fill).Encode());
    }

    public string PaperOf(string type = "qualification", ISigner? signer = null, Action<JsonObject>? change = null)
    {
        var claims = Claims();
        change?.Invoke(claims);
        return CompactPaper.Issue(TypeDefinition.Find(type)!, claims, null, null, 1, 2, signer ?? Key, RandomNumberGenerator.Fill).Text;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _certificate.Dispose();
        Key.Dispose();
    }

    private static JsonObject Claims() => new() { ["holder_name"] = "Amina Okoye-Reyes", ["title"] = "Diploma in Welding" };

    private JsonObject Metadata() => new()
    {
        ["credential_issuer"] = Identifier,
        ["credential_endpoint"] = $"{Identifier}/credential",
        ["nonce_endpoint"] = $"{Identifier}/nonce",
        ["credential_configurations_supported"] = new JsonObject
        {
            [Configuration] = new JsonObject { ["format"] = "dc+sd-jwt", ["vct"] = "urn:identity:qualification:1" },
            [Compact] = new JsonObject { ["format"] = "identity-compact", ["vct"] = "urn:identity:qualification:1" },
            [Paper] = new JsonObject { ["format"] = "identity-compact-paper", ["vct"] = "urn:identity:qualification:1" },
            ["strange"] = new JsonObject { ["format"] = "ldp_vc" },
        },
    };

    private async Task<IResult> CredentialAsync(HttpRequest http)
    {
        var body = (await JsonNode.ParseAsync(http.Body))!;
        if ((string?)body["credential_configuration_id"] == Paper)
        {
            Assert.Null(body["proofs"]);
            return MakePaper() is { } paper
                ? Answer("paper", new JsonObject { ["credentials"] = new JsonArray(new JsonObject { ["credential"] = paper }) })
                : Results.Text("""{"error":"credential_request_denied"}""", "application/json", statusCode: 400);
        }
        Proofs = [.. body["proofs"]!["jwt"]!.AsArray().Select(p => Jws.TryParse((string)p!, out var proof, out _) ? proof : throw new InvalidOperationException("no proof"))];
        var compact = (string?)body["credential_configuration_id"] == Compact;
        var made = Proofs.Select((proof, at) => Jwk.TryParse(proof.Header["jwk"], out var key, out _) ? (compact ? MakeCompact : MakeSdJwt)(key, at) : "");
        return Answer(compact ? "compact" : "credential", new JsonObject { ["credentials"] = new JsonArray([.. made.Select(c => (JsonNode)new JsonObject { ["credential"] = c })]) });
    }

    private IResult Answer(string name, JsonObject json)
    {
        Change.GetValueOrDefault(name)?.Invoke(json);
        return Results.Text(json.ToJsonString(), "application/json");
    }
}
