using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Compact;
using Identity.Credentials.Cose;
using Identity.Credentials.Jose;
using Identity.Credentials.Tests.Compact;
using Identity.Credentials.Verdicts;

namespace Identity.Credentials.Tests.Verdicts;

/// <summary>A world in order as a trust pack of this morning tells it, and a holder who answers a challenge. Each case disturbs what it is about.</summary>
internal sealed class PackedScene
{
    public const string Vct = "urn:identity:qualification:1";
    public const string List = "https://college.example/port-selin/status/3";
    public const long Now = 1_763_000_000;
    public const long Hour = 3600;
    public const long Day = 24 * Hour;

    public static readonly string College = Hex(Fixed.Bytes("college", 32));
    public static readonly string Ministry = Hex(Fixed.Bytes("ministry", 32));
    public static readonly Es256Key IssuerKey = Fixed.Key("issuer");

    private readonly Forge _forge = new() { IssuerKey = IssuerKey };
    private long? _notBefore = 1_750_000_000;
    private long? _expires = 1_907_000_000;

    public PackedScene()
    {
        Trust = new JsonObject
        {
            ["headTime"] = Now - (Hour / 2),
            ["goodUntil"] = Now + (2 * Day),
            ["organisations"] = new JsonArray(Organisation(College, "Port Selin Technical College"), Organisation(Ministry, "Talmara Ministry of Education", "https://ministry.example")),
            ["keys"] = new JsonArray(Key(IssuerKey, College)),
            ["accreditations"] = Grants(new Scope([Vct])),
            ["closings"] = new JsonArray(),
            ["statuses"] = new JsonArray(new JsonObject { ["list"] = List, ["index"] = 70_000, ["value"] = 0, ["issuedAt"] = Now - Hour, ["readAt"] = Now - (Hour / 2), ["final"] = false }),
            ["entries"] = new JsonArray(),
        };
    }

    public JsonObject Trust { get; }

    public JsonObject FirstKey => Trust["keys"]![0]!.AsObject();

    /// <summary>The ministry's own accreditation.</summary>
    public JsonObject RootGrant => Trust["accreditations"]![0]!.AsObject();

    /// <summary>The college's.</summary>
    public JsonObject FirstGrant => Trust["accreditations"]![1]!.AsObject();

    public JsonObject FirstStatus => Trust["statuses"]![0]!.AsObject();

    /// <summary>The proof is built of this.</summary>
    public Forge Forge { get => _forge; init => _forge = value; }

    public long Time { get; set; } = Now;

    public long? NotBefore { set => _notBefore = value; }

    public long? Expires { set => _expires = value; }

    public bool Asked { get; set; } = true;

    /// <summary>Where nothing is asked: shown to a camera, and no file.</summary>
    public bool Shown { get; set; }

    public bool RequireChallenge { get; set; }

    /// <summary>A paper in place of the proof.</summary>
    public bool Paper { get; set; }

    /// <summary>Makes the proof one that was drawn so many seconds ago.</summary>
    public void Roll(int secondsAgo, bool unsure = false) =>
        Forge.PayloadMembers = members => members[3] = Raw.Array(Raw.Int(Now - secondsAgo), Raw.Int(unsure ? 1 : 0));

    /// <summary>What a caller found who compared values: one technical line; null where nobody did.</summary>
    public string? OtherValue { get; set; }

    public Func<string, string> Text { get; set; } = t => t;

    public static JsonObject Organisation(string id, string name, string? issuer = null) => new()
    {
        ["id"] = id, ["issuer"] = issuer ?? List[..^"/status/3".Length], ["name"] = name, ["country"] = "XT", ["demonstration"] = true, ["contact"] = "office@college.example",
    };

    public static JsonObject Key(Es256Key key, string organisation, long from = Now - (700 * Day)) => new()
    {
        ["thumbprint"] = Hex(key.PublicKey.Thumbprint()), ["key"] = key.PublicKey.ToJson(), ["organisation"] = organisation, ["from"] = from, ["endedAt"] = null, ["reason"] = null,
    };

    /// <summary>An accreditation; without a parent a root authority's, which accredits.</summary>
    public static JsonObject Grant(ulong number, ulong? parent, string holder, Scope scope, long from = Now - (800 * Day), int? right = null) => new()
    {
        ["number"] = number, ["parent"] = parent, ["holder"] = holder, ["right"] = right ?? (parent is null ? 2 : 1), ["scope"] = scope.Canonical(), ["from"] = from, ["until"] = null, ["withdrawnAt"] = null, ["grantedAt"] = from,
    };

    /// <summary>The ministry may entitle to whatever there is, the college to issue so much.</summary>
    public static JsonArray Grants(Scope scope) => new(Grant(1, null, Ministry, new Scope(null)), Grant(2, 1, College, scope));

    public void End(string reason, long at)
    {
        FirstKey["endedAt"] = at;
        FirstKey["reason"] = reason;
    }

    /// <summary>Lists the credential among what was recorded before the key ended; a different one where the prefix is bent.</summary>
    public void Record(Func<byte[], byte[]>? bend = null, Es256Key? under = null)
    {
        var prefix = SHA256.HashData(Paper ? _paper ??= _forge.MakePaper() : IssuerPart())[..16];
        Trust["entries"]!.AsArray().Add((JsonNode)new JsonObject { ["key"] = Hex((under ?? IssuerKey).PublicKey.Thumbprint()), ["prefix"] = Hex(bend is null ? prefix : bend(prefix)) });
    }

    /// <summary>The case as written down, with the verdict of this library.</summary>
    public JsonObject Case(string name)
    {
        var written = new JsonObject
        {
            ["name"] = name, ["text"] = Text(Proof()), ["challenge"] = Asked ? CompactChallengeText() : null, ["otherValue"] = OtherValue, ["now"] = Time, ["trust"] = Trust.DeepClone(),
        };
        if (Shown) written["shown"] = true;
        if (RequireChallenge) written["requireChallenge"] = true;
        var one = JsonNode.Parse(written.ToJsonString())!.AsObject(); // judged as it will be read
        var verdict = Judge(one, one["trust"]!.AsObject());
        one["holder"] = verdict.Facts.HolderThumbprint;
        one["verdict"] = Shorten(VerdictJson.ToJson(verdict));
        return one;
    }

    /// <summary>This library's verdict of a case.</summary>
    public static Verdict Judge(JsonObject one, JsonObject trust)
    {
        Expectations expectations = (bool?)one["shown"] == true ? new Expectations.Shown() : new Expectations.File();
        if ((string?)one["challenge"] is { } asked)
        {
            Assert.True(CompactChallenge.TryParse(asked, out var challenge, out var reason), reason);
            expectations = new Expectations.Challenge(challenge!) { Asks = (string?)one["otherValue"] is { } found ? new AskResult(false, found) : null };
        }

        return VerdictEngine.Check((string)one["text"]!, expectations, new PlainPack(trust), DateTimeOffset.FromUnixTimeSeconds((long)one["now"]!),
            new VerdictPolicy { RequireChallenge = (bool?)one["requireChallenge"] == true });
    }

    /// <summary>Checks as [name, result, evidence], one line each.</summary>
    public static JsonObject Shorten(JsonObject verdict)
    {
        verdict["checks"] = new JsonArray([.. verdict["checks"]!.AsArray().Select(c => (JsonNode)new JsonArray(c!["name"]!.DeepClone(), c["result"]!.DeepClone(), c["evidence"]!.DeepClone()))]);
        return verdict;
    }

    private byte[]? _issuerPart;
    private byte[]? _paper;

    /// <summary>Signed once: entries and proof are of the same.</summary>
    private byte[] IssuerPart()
    {
        if (_issuerPart is not null) return _issuerPart;
        var before = _forge.IssuerMembers;
        _forge.IssuerMembers = members =>
        {
            members[2] = _notBefore is { } from ? Raw.Int(from) : Raw.Null;
            members[3] = _expires is { } until ? Raw.Int(until) : Raw.Null;
            before(members);
        };
        _issuerPart = _forge.MakeIssuerPart();
        _forge.IssuerPart = _ => _issuerPart;
        return _issuerPart;
    }

    private string Proof()
    {
        if (Paper) return "IDD:" + Base45.Encode(_paper ??= _forge.MakePaper());
        IssuerPart();
        return "IDP:" + Base45.Encode(_forge.MakeProof());
    }

    private string CompactChallengeText() => "IDC:" + Base45.Encode(_forge.MakeChallenge());

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
