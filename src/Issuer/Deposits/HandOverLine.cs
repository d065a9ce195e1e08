using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Issuer.Issuance;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Issuer.Deposits;

/// <summary>
/// One line of what a closed organisation hands over, docs/operations/closing-organisation.md: a JSON object whose member <c>t</c> says what it is. Lines come in the order of the
/// types here. Times are RFC 3339 with microseconds, bytes base64url.
/// </summary>
internal abstract record HandOverLine
{
    private HandOverLine() { }

    /// <summary>The most bytes of a line: a status list of 4 million entries fits.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    /// <summary>First: whose records these are, for whom, and the closing statement as the ledger has it.</summary>
    public sealed record Head(OrganisationProfile Profile, string Depositary, string Statement) : HandOverLine
    {
        /// <summary>The organisation's id as text.</summary>
        public string Id => Convert.ToHexStringLower(Profile.Id());
    }

    /// <summary>A status list as it was signed last.</summary>
    public sealed record StatusList(int Number, string Token, StatusListToken Parsed) : HandOverLine;

    /// <summary>A record.</summary>
    public sealed record Row(
        string Id, string Type, string Reference, string HolderName, JsonObject Claims, CredentialState State, string? Code, string? Reason, DateTimeOffset Created, DateTimeOffset? Collected, DateTimeOffset? Changed) : HandOverLine;

    /// <summary>A copy that was signed, with its place in the status lists and its log entry.</summary>
    public sealed record Copy(string RecordId, int List, int Index, byte[] Entry, string Format, string Holder, DateTimeOffset Issued, DateTimeOffset? Expires) : HandOverLine;

    /// <summary>What was told for a lost phone.</summary>
    public sealed record Anchor(string RecordId, string Tag, byte[] SecretHash, DateTimeOffset Set, DateTimeOffset? Until, DateTimeOffset? Stopped) : HandOverLine;

    /// <summary>The log in which the organisation recorded what it signed, as the ledger had it last before the closing: its origin, how many entries it had then, and the block of that anchor. Absent where nothing was anchored by then.</summary>
    public sealed record Log(string Origin, long Size, ulong Block) : HandOverLine;

    /// <summary>The next entries of that log, 32 bytes each: whoever has all of them can compare its root with the ledger's.</summary>
    public sealed record Entries(byte[] Hashes) : HandOverLine
    {
        /// <summary>The most of one line.</summary>
        public const int Most = 16_384;
    }

    /// <summary>Last: how many lines came before, SHA-256 over them with their line feeds, and the signature of the organisation's account (65 bytes: r, s, parity) over <see cref="Hash"/> of it.</summary>
    public sealed record End(long Lines, byte[] Digest, EvmSignature Signature) : HandOverLine;

    /// <summary>The file cannot be used; nothing comes after it.</summary>
    public sealed record Bad(string Why) : HandOverLine;

    /// <summary>The 32 bytes that the account signs: no transaction's hash, which is Keccak of something else.</summary>
    public static byte[] Hash(byte[] digest) => SHA256.HashData([.. "identity-hand-over/1\n"u8, .. digest]);

    /// <summary>Its UTF-8 with a line feed.</summary>
    public byte[] Encode() => [.. Encoding.UTF8.GetBytes(ToJson().ToJsonString()), (byte)'\n'];

    private JsonObject ToJson() => this switch
    {
        Head h => new() { ["t"] = "head", ["v"] = 2, ["profile"] = h.Profile.Canonical(), ["depositary"] = h.Depositary, ["statement"] = h.Statement },
        StatusList l => new() { ["t"] = "list", ["number"] = l.Number, ["token"] = l.Token },
        Row r => Of(new()
        {
            ["t"] = "record", ["id"] = r.Id, ["type"] = r.Type, ["reference"] = r.Reference, ["name"] = r.HolderName, ["claims"] = r.Claims.DeepClone(), ["state"] = r.State.ToString(), ["created"] = Text(r.Created),
        }, ("code", r.Code), ("reason", r.Reason), ("collected", Text(r.Collected)), ("changed", Text(r.Changed))),
        Copy c => Of(new()
        {
            ["t"] = "copy", ["record"] = c.RecordId, ["list"] = c.List, ["index"] = c.Index, ["entry"] = Base64Url.Encode(c.Entry), ["format"] = c.Format, ["holder"] = c.Holder, ["issued"] = Text(c.Issued),
        }, ("expires", Text(c.Expires))),
        Anchor a => Of(new() { ["t"] = "anchor", ["record"] = a.RecordId, ["tag"] = a.Tag, ["secret_hash"] = Base64Url.Encode(a.SecretHash), ["set"] = Text(a.Set) }, ("until", Text(a.Until)), ("stopped", Text(a.Stopped))),
        Log l => new() { ["t"] = "log", ["origin"] = l.Origin, ["size"] = l.Size, ["block"] = (long)l.Block },
        Entries e => new() { ["t"] = "entries", ["hashes"] = Base64Url.Encode(e.Hashes) },
        End e => new() { ["t"] = "end", ["lines"] = e.Lines, ["digest"] = Base64Url.Encode(e.Digest), ["signature"] = Base64Url.Encode([.. Bytes32(e.Signature.R), .. Bytes32(e.Signature.S), (byte)e.Signature.Parity]) },
        _ => throw new InvalidOperationException("Only what was read can be bad."),
    };

    /// <summary>Reads a line without its line feed; <see cref="Bad"/> for a member too few, too many or of another kind, and for a type that nobody here knows.</summary>
    public static HandOverLine Read(ReadOnlySpan<byte> utf8)
    {
        if (!StrictJson.TryParseObject(utf8, out var json, out var reason)) return new Bad($"a line is no JSON object: {reason}");
        var read = new Members(json);
        var what = read.Text("t");
        HandOverLine? line = what switch
        {
            "head" => read.Number("v") == 2 && OrganisationProfile.TryParse(read.Text("profile") ?? "", out var profile, out _) && read.Text("depositary") is { Length: 64 } depositary && depositary.All(char.IsAsciiHexDigitLower)
                && read.Text("statement") is { } statement ? new Head(profile, depositary, statement) : null,
            "list" => read.Number("number") is > 0 and <= int.MaxValue and var number && read.Text("token") is { } token && StatusListToken.TryParse(token, out var list, out _) ? new StatusList((int)number, token, list) : null,
            "record" => read.Id("id") is { } id && read.Short("type") is { } type && read.Text("reference") is { Length: <= 200 } reference && read.Text("name") is { Length: <= 2000 } name && read.Object("claims") is { } claims
                && StateOf(read.Text("state")) is { } state && read.Time("created") is { } created
                ? new Row(id, type, reference, name, claims, state, read.Maybe("code"), read.Maybe("reason"), created, read.MaybeTime("collected"), read.MaybeTime("changed")) : null,
            "copy" => read.Id("record") is { } record && read.Number("list") is > 0 and <= int.MaxValue and var place && read.Number("index") is >= 0 and <= int.MaxValue and var index && read.Bytes("entry") is { Length: 32 } entry
                && read.Short("format") is { } format && read.Short("holder") is { } holder && read.Time("issued") is { } issued
                ? new Copy(record, (int)place, (int)index, entry, format, holder, issued, read.MaybeTime("expires")) : null,
            "anchor" => read.Id("record") is { } record && read.Text("tag") is { Length: 43 } tag && read.Bytes("secret_hash") is { Length: 32 } secret && read.Time("set") is { } set
                ? new Anchor(record, tag, secret, set, read.MaybeTime("until"), read.MaybeTime("stopped")) : null,
            "log" => read.Text("origin") is { Length: > 0 and <= 200 } origin && read.Number("size") is > 0 and var size && read.Number("block") is >= 0 and var block ? new Log(origin, size, (ulong)block) : null,
            "entries" => read.Bytes("hashes") is { Length: > 0 and <= 32 * Entries.Most } hashes && hashes.Length % 32 == 0 ? new Entries(hashes) : null,
            "end" => read.Number("lines") is { } lines && read.Bytes("digest") is { Length: 32 } digest && read.Bytes("signature") is { Length: 65 } signed && signed[64] <= 1
                ? new End(lines, digest, new EvmSignature(new BigInteger(signed.AsSpan(0, 32), true, true), new BigInteger(signed.AsSpan(32, 32), true, true), signed[64])) : null,
            _ => new Bad("a line is of a type that is not known here"),
        };
        return line is Bad bad ? bad : line is null || read.IsFaulty ? new Bad($"a line of type {what} is not as it should be") : line;
    }

    private static CredentialState? StateOf(string? word) => Enum.GetValues<CredentialState>().Select(s => (CredentialState?)s).FirstOrDefault(s => s.ToString() == word);

    private static byte[] Bytes32(BigInteger number)
    {
        var bytes = new byte[32];
        var text = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        text.CopyTo(bytes, 32 - text.Length);
        return bytes;
    }

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static string? Text(DateTimeOffset? at) => at is { } time ? Text(time) : null;

    private static JsonObject Of(JsonObject json, params ReadOnlySpan<(string Name, string? Value)> more)
    {
        foreach (var (name, value) in more)
            if (value is not null) json[name] = value;
        return json;
    }

    // Each member is asked for once; what nobody asked for, and what is of another kind where it may be absent, is a fault.
    private sealed class Members(JsonObject json)
    {
        private readonly HashSet<string> _asked = [];
        private bool _wrong;

        public bool IsFaulty => _wrong || json.Count != _asked.Count(json.ContainsKey);

        public string? Text(string name) => StrictJson.Text(Node(name));

        public string? Short(string name) => Text(name) is { Length: > 0 and <= 100 } text ? text : null;

        // It stands in addresses and in the access log.
        public string? Id(string name) => Text(name) is { Length: > 0 and <= 64 } text && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? text : null;

        public string? Maybe(string name) => Or(name, Text(name) is { Length: <= 2000 } text ? text : null);

        public long? Number(string name) => StrictJson.Integer(Node(name));

        public JsonObject? Object(string name) => Node(name) as JsonObject;

        public byte[]? Bytes(string name) => Base64Url.TryDecode(Text(name), out var bytes) ? bytes : null;

        public DateTimeOffset? Time(string name) =>
            DateTime.TryParseExact(Text(name), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? new DateTimeOffset(at, TimeSpan.Zero) : null;

        public DateTimeOffset? MaybeTime(string name) => Or(name, Time(name));

        private T Or<T>(string name, T value)
        {
            _wrong |= value is null && json.ContainsKey(name);
            return value;
        }

        private JsonNode? Node(string name)
        {
            _asked.Add(name);
            return json[name];
        }
    }
}
