using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.StatusList;
using Identity.Credentials.Tests.Compact;
using Identity.Credentials.Types;
using Identity.Credentials.Verdicts;
using Identity.Tests.Shared;

namespace Identity.Credentials.Tests.Verdicts;

/// <summary>
/// A world in order: a registered, accredited college, a diploma anchored a year ago, a holder who answers. Each test disturbs
/// what it is about and nothing else.
/// </summary>
internal sealed class Scene : ITrustView
{
    public const string Vct = "urn:identity:qualification:1";
    public const string Iss = "https://college.example/port-selin";
    public const string StatusUri = Iss + "/status/3";
    public const int StatusIndex = 7;

    public static readonly DateTimeOffset Anchored = new(2025, 11, 1, 12, 0, 0, TimeSpan.Zero);

    public Scene()
    {
        Key = new KeyRecord(IssuerKey.PublicKey.Thumbprint(), IssuerKey.PublicKey, College.Id, Anchored.AddYears(-1), null, null);
        Root = Accredited.Root(Anchored.AddYears(-2));
        Accreditation = Accredited.Issuer(College!, Anchored.AddYears(-2), Vct);
        State = new MirrorState(Now.AddSeconds(-5), []);
        Status = Sign(0);
    }

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, CompactChallenge> Challenges = [];

    public DateTimeOffset Now { get; set; } = Anchored.AddYears(1);
    public Es256Key IssuerKey { get; init; } = Fixed.Key("issuer");
    public Es256Key HolderKey { get; init; } = Fixed.Key("holder");
    public OrganisationRecord? College { get; set; } = new(Fixed.Bytes("college", 32), Iss, "Port Selin Technical College", "XT", true, "office@college.example");
    public KeyRecord? Key { get; set; }
    public List<KeyRecord> MoreKeys { get; } = [];
    public List<OrganisationRecord> MoreOrganisations { get; } = [];
    public Dictionary<string, AccreditationLink> MoreAccreditations { get; } = [];
    public AccreditationLink Root { get; set; }

    /// <summary>The college's own, under the root.</summary>
    public AccreditationLink? Accreditation { get; set; }

    /// <summary>All that the college holds, where it is not the one chain of the two.</summary>
    public IReadOnlyList<AccreditationChain>? CollegeChains { get; set; }
    public ClosingRecord? CollegeClosing { get; set; }

    /// <summary>Since when the college records in its log; null where it never said so.</summary>
    public DateTimeOffset? LogSince { get; set; } = Anchored.AddYears(-1);
    public AnchorEvidence? Anchor { get; set; } = new("college.example/log", 4, 9, new string('a', 64), true, Anchored, 12, "0xab", "0xcd", 31337, true);
    public StatusSnapshot? Status { get; set; }
    public MirrorState State { get; set; }

    /// <summary>Set where all is known from a trust pack.</summary>
    public IPackedTrust? Packed { get; set; }
    public byte[]? AskedEntry { get; private set; }

    public string Nonce { get; set; } = "nonce-of-this-request";
    public string Audience { get; set; } = "x509_hash:verifier";
    public string HolderNonce { get; set; } = "nonce-of-this-request";
    public string HolderAudience { get; set; } = "x509_hash:verifier";
    public DateTimeOffset? Expires { get; set; } = Anchored.AddYears(5);
    public DateTimeOffset? NotBefore { get; set; }
    public bool WithCertificate { get; set; } = true;

    /// <summary>The certificate in the header, where it is not one for ten years without names.</summary>
    public byte[]? Leaf { get; set; }

    /// <summary>The key id in the header; null for the signer's own, empty for none.</summary>
    public string? KeyId { get; set; }
    public string? StatedIssuer { get; set; } = Iss;
    public string Type { get; set; } = Vct;
    public string? Published { get; private set; }

    public OrganisationRecord? FindOrganisationByIssuer(string iss) => MoreOrganisations.Prepend(College).FirstOrDefault(o => o?.Issuer == iss);

    public OrganisationRecord? FindOrganisation(byte[] id) => MoreOrganisations.Prepend(College).FirstOrDefault(o => o is not null && o.Id.AsSpan().SequenceEqual(id));

    public IReadOnlyList<KeyRecord> FindKeys(ReadOnlySpan<byte> thumbprintPrefix)
    {
        var prefix = thumbprintPrefix.ToArray();
        return [.. MoreKeys.Prepend(Key).Where(k => k is not null && k.Thumbprint.AsSpan().StartsWith(prefix)).Select(k => k!)];
    }

    public IReadOnlyList<AccreditationChain> Chains(byte[] organisationId) =>
        MoreAccreditations.TryGetValue(Convert.ToHexString(organisationId), out var more) ? [new([Root, more])]
        : College is null || !organisationId.AsSpan().SequenceEqual(College.Id) ? []
        : CollegeChains ?? (Accreditation is null ? [] : [new([Root, Accreditation])]);

    /// <summary>Of other organisations than the college.</summary>
    public List<ClosingRecord> MoreClosings { get; } = [];

    /// <summary>In whose place the credential says it was issued.</summary>
    public string? OriginalIssuer { get; set; }

    public ClosingRecord? Closing(byte[] organisationId) => MoreClosings.Find(closing => closing.Organisation.AsSpan().SequenceEqual(organisationId)) is { } other ? other : College is not null && organisationId.AsSpan().SequenceEqual(College.Id) ? CollegeClosing : null;

    public bool UsesLog(byte[] organisationId, string origin, DateTimeOffset at) => LogSince <= at;

    public AnchorEvidence? FindEntry(byte[] entry, byte[]? organisationId = null)
    {
        AskedEntry ??= entry;
        return Anchors.TryGetValue(Convert.ToHexString(entry), out var own) ? own : Anchor;
    }

    /// <summary>Of entries that lie elsewhere than the credential's.</summary>
    public Dictionary<string, AnchorEvidence> Anchors { get; } = [];

    public StatusSnapshot? FindStatus(string uri) => uri == StatusUri ? Status : null;

    /// <summary>A status list in which our credential has this value.</summary>
    public StatusSnapshot Sign(byte value, Es256Key? key = null, DateTimeOffset? issuedAt = null, TimeSpan? life = null, string uri = StatusUri)
    {
        var list = new StatusArray(2, 64);
        list.Set(StatusIndex, value);
        var at = issuedAt ?? Now.AddMinutes(-1);
        var text = StatusListToken.Sign(uri, at, life == TimeSpan.Zero ? null : at + (life ?? TimeSpan.FromHours(24)), TimeSpan.FromMinutes(15), list, key ?? IssuerKey);
        Assert.True(StatusListToken.TryParse(text, out var token, out var reason), reason);
        return new StatusSnapshot(token!, at.AddSeconds(1));
    }

    /// <summary>The issued SD-JWT VC, all disclosures attached.</summary>
    public string Issue(Es256Key? signer = null, Es256Key? certified = null)
    {
        signer ??= IssuerKey;
        var payload = new JsonObject
        {
            ["vct"] = Type, ["iat"] = Anchored.AddDays(-1).ToUnixTimeSeconds(),
            ["cnf"] = new JsonObject { ["jwk"] = HolderKey.PublicKey.ToJson() },
            ["status"] = new StatusReference(StatusUri, StatusIndex).ToJson(),
            ["holder_name"] = "Amina Okoye-Reyes", ["title"] = "Diploma in Welding Technology", ["awarding_country"] = "XT",
        };
        if (OriginalIssuer is not null) payload["original_issuer"] = OriginalIssuer;
        if (StatedIssuer is not null) payload["iss"] = StatedIssuer;
        if (Expires is { } end) payload["exp"] = end.ToUnixTimeSeconds();
        if (NotBefore is { } start) payload["nbf"] = start.ToUnixTimeSeconds();
        var header = new JsonObject { ["typ"] = "dc+sd-jwt", ["kid"] = KeyId ?? signer.PublicKey.ThumbprintText() };
        if (KeyId is "") header.Remove("kid");
        if (WithCertificate) header["x5c"] = new JsonArray(Convert.ToBase64String(Leaf ?? Certificate(certified ?? signer)));
        return SdJwtIssuer.Issue(header, payload, [new ClaimPath("holder_name"), new ClaimPath("title")], signer, Fixed.Random("sd"));
    }

    /// <summary>The presentation of everything, bound by the holder.</summary>
    public string Present(string? issued = null, Es256Key? holder = null, params string[] shown)
    {
        Assert.True(SdJwtDocument.TryParse(issued ?? Issue(), out var document, out var reason), reason);
        var paths = (shown.Length == 0 ? ["holder_name", "title"] : shown).Select(s => new ClaimPath(s));
        return SdJwtHolder.Present(document!, paths, new KeyBindingRequest(HolderAudience, HolderNonce, Now.AddSeconds(-2)), holder ?? HolderKey);
    }

    /// <summary>The same question each time it is asked for by the same name.</summary>
    public CompactChallenge Challenge(string nonce = "nonce") => Challenges.GetOrAdd(nonce, n =>
        CompactChallenge.Create(Fixed.Bytes(n, 16), Anchored.ToUnixTimeSeconds(), Vct, [1, 3], [9], "Welding job", "Harbour Yard", Fixed.Key("verifier")));

    public CompactCredential IssueCompact(Es256Key? signer = null)
    {
        var claims = new JsonObject { ["holder_name"] = "Amina Okoye-Reyes", ["title"] = "Diploma in Welding Technology", ["kind"] = "vocational", ["level_eqf"] = 4, ["awarded_on"] = "2024-06-30" };
        if (OriginalIssuer is not null) claims["original_issuer"] = OriginalIssuer;
        return CompactIssuer.Issue(TypeDefinition.Find(Vct)!, claims, HolderKey.PublicKey, NotBefore?.ToUnixTimeSeconds(), Expires?.ToUnixTimeSeconds(), 3, StatusIndex, signer ?? IssuerKey, Fixed.Random("compact"));
    }

    public string Answer(CompactChallenge? challenge = null, CompactCredential? credential = null, params int[] keys) =>
        CompactHolder.Answer(credential ?? IssueCompact(), keys.Length == 0 ? [1, 3] : keys, challenge ?? Challenge(), HolderKey);

    /// <summary>The code as the phone draws it so many seconds before now.</summary>
    public string Roll(int secondsAgo = 7, bool unsure = false, params int[] keys) =>
        CompactHolder.Roll(IssueCompact(), keys.Length == 0 ? [1, 3] : keys, Now.ToUnixTimeSeconds() - secondsAgo, unsure, HolderKey);

    public Verdict Shown(string proof, VerdictPolicy? policy = null) => VerdictEngine.Check(proof, new Expectations.Shown(), this, Now, policy);

    public Verdict Online(string? presented = null) => VerdictEngine.Check(presented ?? Present(), new Expectations.Online(Nonce, Audience), this, Now);

    public Verdict File(string? presented = null) => VerdictEngine.Check(presented ?? Issue(), new Expectations.File(), this, Now);

    public Verdict Scan(string? proof = null, CompactChallenge? challenge = null) =>
        VerdictEngine.Check(proof ?? Answer(), new Expectations.Challenge(challenge ?? Challenge()), this, Now);

    private static byte[] Certificate(Es256Key key)
    {
        var request = new CertificateRequest("CN=issuer", key.Raw, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(Anchored.AddYears(-1), Anchored.AddYears(9));
        return certificate.RawData;
    }
}
