using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.StatusList;
using Identity.Credentials.Types;
using Identity.Credentials.Verdicts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Identity.Verifier.Tests.World;

/// <summary>An issuer that really signs, publishes its status list and its keys on a loopback port, and counts who asks.</summary>
public sealed class TestIssuer : IAsyncDisposable
{
    private readonly WebApplication _site;
    private readonly FakeClock _clock;
    private readonly TestLedger _ledger;
    private readonly StatusArray _status = new(2, 4096);
    private readonly List<int> _numbers = [1];
    private int _nextIndex = 17;

    private TestIssuer(WebApplication site, FakeClock clock, TestLedger ledger) => (_site, _clock, _ledger) = (site, clock, ledger);

    public Es256Key Key { get; } = Es256Key.Create();

    public string Issuer { get; private set; } = "";

    public string StatusUri => $"{Issuer}/status/{StatusNumber}";

    /// <summary>Number of the list from which copies get their index; it is served with all before that it was set to.</summary>
    public int StatusNumber
    {
        get => _numbers[^1];
        set => _numbers.Add(value);
    }

    public OrganisationRecord Organisation { get; private set; } = null!;

    public int StatusFetches;

    public int MetadataFetches;

    /// <summary>What the status address answers instead of the list, when set.</summary>
    public Func<string>? StatusInstead { get; set; }

    /// <summary>As a depositary: what it serves of the closed organisation (id, number of the list); null for nothing.</summary>
    public Func<string, string, string?>? Deposit { get; set; }

    /// <summary>Null: its lists name no end.</summary>
    public TimeSpan? StatusLife { get; set; } = TimeSpan.FromHours(24);

    public static async Task<TestIssuer> StartAsync(FakeClock clock, TestLedger ledger, string name, bool register, params string[] types)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var site = builder.Build();
        var issuer = new TestIssuer(site, clock, ledger);
        site.MapGet("/org/status/{number:int}", (int number) => issuer.Status(number));
        site.MapGet("/org/deposits/{id}/status/{n}", (string id, string n) => Sent(issuer.Deposit?.Invoke(id, n)));
        site.MapGet("/.well-known/jwt-vc-issuer/org", () =>
        {
            Interlocked.Increment(ref issuer.MetadataFetches);
            return TypedResults.Json(new JsonObject { ["issuer"] = issuer.Issuer, ["jwks"] = new JsonObject { ["keys"] = new JsonArray(issuer.Key.PublicKey.ToJson()) } });
        });
        await site.StartAsync();
        issuer.Issuer = $"{site.Urls.First()}/org";
        issuer.Organisation = new OrganisationRecord(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)), issuer.Issuer, name, "XA", true, null);
        if (register) ledger.Register(issuer.Organisation, issuer.Key.PublicKey, clock.Now.AddDays(-30), types);
        return issuer;
    }

    public void SetStatus(int index, StatusValue value) => _status.Set(index, (byte)value);

    /// <summary>Signs an SD-JWT VC with every claim hidden that the type lets hide, and has it anchored.</summary>
    public TestCredential Issue(string type, JsonObject claims, bool anchor = true, Action<JsonObject>? change = null, ISigner? signer = null, JsonObject? header = null, ISigner? holder = null)
    {
        var definition = TypeDefinition.Find(type)!;
        holder ??= Es256Key.Create();
        var index = _nextIndex++;
        var payload = new JsonObject
        {
            ["iss"] = Issuer,
            ["iat"] = _clock.Now.AddDays(-1).ToUnixTimeSeconds() / 86400 * 86400,
            ["exp"] = _clock.Now.AddYears(1).ToUnixTimeSeconds(),
            ["vct"] = definition.Vct,
            ["cnf"] = new JsonObject { ["jwk"] = holder.PublicKey.ToJson() },
            ["status"] = new StatusReference(StatusUri, index).ToJson(),
        };
        foreach (var (name, value) in claims) payload[name] = value?.DeepClone();
        change?.Invoke(payload);
        var selective = definition.Claims.Where(claim => claim.Sd == Disclosability.Always).Select(claim => new ClaimPath(claim.Name)).ToList();
        header ??= new JsonObject { ["typ"] = "dc+sd-jwt", ["kid"] = Key.PublicKey.ThumbprintText() };
        var text = SdJwtIssuer.Issue(header, payload, selective, signer ?? Key, RandomNumberGenerator.Fill);
        if (anchor) _ledger.Anchor(Entry.OfJwt(text.AsSpan(0, text.IndexOf('~', StringComparison.Ordinal))));
        return new TestCredential(text, holder, index);
    }

    /// <summary>The same person's claims as compact proof material.</summary>
    public (CompactCredential Credential, Es256Key Holder, int Index) IssueCompact(string type, JsonObject claims, bool anchor = true)
    {
        var holder = Es256Key.Create();
        var index = _nextIndex++;
        var credential = CompactIssuer.Issue(TypeDefinition.Find(type)!, claims, holder.PublicKey, null, _clock.Now.AddYears(1).ToUnixTimeSeconds(), 1, index, Key, RandomNumberGenerator.Fill);
        if (anchor) _ledger.Anchor(Entry.OfCose(credential.Issuer.Encoded));
        return (credential, holder, index);
    }

    /// <summary>A paper with a place of its own in the list.</summary>
    public (CompactPaper Paper, int Index) Print(string type, JsonObject claims)
    {
        var index = _nextIndex++;
        var paper = CompactPaper.Issue(TypeDefinition.Find(type)!, claims, null, _clock.Now.AddYears(1).ToUnixTimeSeconds(), 1, index, Key, RandomNumberGenerator.Fill);
        _ledger.Anchor(paper.LogEntry);
        return (paper, index);
    }

    public string StatusToken(string? uri = null, ISigner? signer = null, DateTimeOffset? issuedAt = null) =>
        StatusListToken.Sign(uri ?? StatusUri, issuedAt ?? _clock.Now, _clock.Now + StatusLife, TimeSpan.FromMinutes(15), _status, signer ?? Key);

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        Key.Dispose();
    }

    private IResult Status(int number)
    {
        if (!_numbers.Contains(number)) return TypedResults.NotFound();
        Interlocked.Increment(ref StatusFetches);
        return Sent(StatusInstead?.Invoke() ?? StatusToken($"{Issuer}/status/{number}"));
    }

    private static IResult Sent(string? token) => token is { Length: > 0 } ? TypedResults.Text(token, "application/statuslist+jwt") : TypedResults.StatusCode(503);
}

/// <summary>A credential as a wallet holds it.</summary>
public sealed record TestCredential(string Text, ISigner Holder, int Index)
{
    public SdJwtDocument Document => SdJwtDocument.TryParse(Text, out var document, out var reason) ? document : throw new InvalidOperationException(reason);

    /// <summary>Shows some claims, bound to a request.</summary>
    public string Present(string audience, string nonce, DateTimeOffset now, params string[] claims) =>
        SdJwtHolder.Present(Document, claims.Select(claim => new ClaimPath(claim)), new KeyBindingRequest(audience, nonce, now), Holder);

    /// <summary>Shows some claims, bound to nothing.</summary>
    public string Unbound(params string[] claims) => SdJwtHolder.Select(Document, claims.Select(claim => new ClaimPath(claim)));
}
