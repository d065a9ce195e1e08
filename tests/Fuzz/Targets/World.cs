using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.StatusList;
using Identity.Credentials.Types;
using Identity.Credentials.Verdicts;
using Identity.Tests.Shared;

namespace Identity.Fuzz.Targets;

/// <summary>
/// Keys, documents and a register that are the same at every start (ECDSA signatures aside), so that a printed input can be given again.
/// The keys protect nothing.
/// </summary>
internal sealed class World : ITrustView
{
    public const string Issuer = "https://college.example/port-selin";
    public const string Vct = "urn:identity:qualification:1";
    public const string Nonce = "n-0S6_WzA2MjQ5ZmY3YwX9aQ", Audience = "x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk";
    public const string StatusUri = Issuer + "/status/3";
    public const int StatusIndex = 7;

    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    public static readonly Es256Key IssuerKey = Key("issuer"), HolderKey = Key("holder"), VerifierKey = Key("verifier"), ForeignKey = Key("foreign");
    public static readonly VerificationKey Trusted = VerificationKey.TryImport(IssuerKey.PublicKey, out var key, out var reason) ? key : throw new InvalidOperationException(reason);
    public static readonly World Register = new();

    private static readonly byte[] College = SHA256.HashData("college"u8);
    private readonly StatusSnapshot _status;

    private World() => _status = new StatusSnapshot(StatusListToken.TryParse(StatusToken(), out var token, out var reason) ? token : throw new InvalidOperationException(reason), Now.AddSeconds(-20));

    public MirrorState State { get; } = new(Now.AddSeconds(-5), []);

    public static Es256Key Key(string name)
    {
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = SHA256.HashData(Encoding.ASCII.GetBytes("fuzz key: " + name)) });
        return Es256Key.FromPkcs8(key.ExportPkcs8PrivateKey());
    }

    /// <summary>Salts that repeat from start to start.</summary>
    public static Action<Span<byte>> Salts(string name)
    {
        var drawn = 0;
        return span => SHA256.HashData(Encoding.ASCII.GetBytes($"{name} {drawn++}")).AsSpan(0, span.Length).CopyTo(span);
    }

    public static byte[] Certificate(Es256Key key, string name = "issuer")
    {
        var request = new CertificateRequest($"CN={name}", key.Raw, HashAlgorithmName.SHA256);
        using var certificate = request.Create(new X500DistinguishedName($"CN={name}"), X509SignatureGenerator.CreateForECDsa(key.Raw), Now.AddYears(-1), Now.AddYears(5), [1, 2, 3, 4]);
        return certificate.RawData;
    }

    public static string Credential(string name = "Amina Okoye-Reyes", string title = "Diploma in Welding Technology", int index = StatusIndex)
    {
        var payload = new JsonObject
        {
            ["iss"] = Issuer, ["vct"] = Vct, ["iat"] = Now.AddDays(-30).ToUnixTimeSeconds(), ["exp"] = Now.AddYears(5).ToUnixTimeSeconds(),
            ["cnf"] = new JsonObject { ["jwk"] = HolderKey.PublicKey.ToJson() }, ["status"] = new StatusReference(StatusUri, index).ToJson(),
            ["holder_name"] = name, ["title"] = title, ["awarding_country"] = "XT", ["level_eqf"] = 4, ["languages"] = new JsonArray("en", "ar"),
        };
        var header = new JsonObject { ["typ"] = "dc+sd-jwt", ["kid"] = IssuerKey.PublicKey.ThumbprintText(), ["x5c"] = new JsonArray(Convert.ToBase64String(Certificate(IssuerKey))) };
        return SdJwtIssuer.Issue(header, payload, [new("holder_name"), new("title"), new("level_eqf"), new("languages", null)], IssuerKey, Salts(name + title));
    }

    public static string Presentation(string credential, string nonce = Nonce, string audience = Audience)
    {
        SdJwtDocument.TryParse(credential, out var document, out _);
        return SdJwtHolder.Present(document!, [new("holder_name"), new("title")], new KeyBindingRequest(audience, nonce, Now.AddSeconds(-2)), HolderKey);
    }

    public static string StatusToken(byte value = 0)
    {
        var list = new StatusArray(2, 512);
        list.Set(StatusIndex, value);
        list.Set(StatusIndex + 1, 1);
        return StatusListToken.Sign(StatusUri, Now.AddMinutes(-1), Now.AddHours(20), TimeSpan.FromMinutes(15), list, IssuerKey);
    }

    public static CompactCredential Compact(string name = "Amina Okoye-Reyes", string? original = null)
    {
        var claims = new JsonObject { ["holder_name"] = name, ["title"] = "Diploma in Welding Technology", ["kind"] = "vocational", ["level_eqf"] = 4, ["awarded_on"] = "2024-06-30" };
        if (original is not null) claims["original_issuer"] = original;
        return CompactIssuer.Issue(TypeDefinition.Find(Vct)!, claims, HolderKey.PublicKey, Now.AddDays(-30).ToUnixTimeSeconds(), Now.AddYears(5).ToUnixTimeSeconds(), 3, StatusIndex, IssuerKey, Salts(name));
    }

    public static CompactPaper Paper(string name = "Amina Okoye-Reyes", string? original = null)
    {
        var claims = new JsonObject { ["holder_name"] = name, ["title"] = "Diploma in Welding Technology", ["level_eqf"] = 4 };
        if (original is not null) claims["original_issuer"] = original;
        return CompactPaper.Issue(TypeDefinition.Find(Vct)!, claims, null, Now.AddYears(5).ToUnixTimeSeconds(), 3, StatusIndex, IssuerKey, Salts("paper of " + name));
    }

    public static CompactChallenge Challenge(string nonce = "asked", string purpose = "Welding job") =>
        CompactChallenge.Create(SHA256.HashData(Encoding.ASCII.GetBytes(nonce))[..16], Now.ToUnixTimeSeconds(), Vct, [1, 3], [9], purpose, "Harbour Yard", VerifierKey);

    public OrganisationRecord? FindOrganisationByIssuer(string iss) => iss == Issuer ? FindOrganisation(College) : null;

    public OrganisationRecord? FindOrganisation(byte[] id) => id.AsSpan().SequenceEqual(College) ? new(College, Issuer, "Port Selin Technical College", "XT", true, "office@college.example") : null;

    public IReadOnlyList<KeyRecord> FindKeys(ReadOnlySpan<byte> thumbprintPrefix) =>
        IssuerKey.PublicKey.Thumbprint().AsSpan().StartsWith(thumbprintPrefix) ? [new(IssuerKey.PublicKey.Thumbprint(), IssuerKey.PublicKey, College, Now.AddYears(-2), null, null)] : [];

    public IReadOnlyList<AccreditationChain> Chains(byte[] organisationId) => organisationId.AsSpan().SequenceEqual(College) ? Accredited.Chains(FindOrganisation(College)!, Now.AddYears(-3), Vct) : [];

    public ClosingRecord? Closing(byte[] organisationId) => null;

    public bool UsesLog(byte[] organisationId, string origin, DateTimeOffset at) => true;

    // Every entry is anchored: nothing but the signature may then stand between a forgery and "valid".
    public AnchorEvidence? FindEntry(byte[] entry, byte[]? organisationId = null) => new("college.example/log", 4, 9, new string('a', 64), true, Now.AddDays(-20), 12, "0xab", "0xcd", 31337, true);

    public StatusSnapshot? FindStatus(string uri) => uri == StatusUri ? _status : null;
}
