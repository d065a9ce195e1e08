using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;

namespace Identity.Ledger.Exit;

/// <summary>
/// An exit bundle (docs/exit-bundle.md): everything by which what an organisation issued, or one credential, still verifies when no server is left. Read, and not yet believed:
/// <see cref="BundleCheck"/> decides that.
/// </summary>
/// <param name="Ledger">Its half of the ledger.</param>
/// <param name="Lists">Status list tokens by address: the newest; of an organisation that was closed then the others that ended something.</param>
/// <param name="MadeAt">By the maker's clock.</param>
/// <param name="Subject">Id of the organisation, or the entry of the credential: 32 bytes.</param>
/// <param name="IsOfCredential">Which of both.</param>
/// <param name="Validators">Whom its maker trusted; for people to compare, never to be trusted for it. Null where it named none.</param>
public sealed record ExitBundle(ExitLedger Ledger, IReadOnlyDictionary<string, IReadOnlyList<string>> Lists, DateTimeOffset MadeAt, byte[] Subject, bool IsOfCredential, ValidatorFile? Validators)
{
    private const string Format = "identity-exit/1";
    private const string ValidatorsMember = "validators.json";
    private const int MaxManifest = 32 * 1024 * 1024;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes the file.</summary>
    public void Save(string path) => ExitFile.Write(path, Members());

    /// <summary>Writes the file's bytes.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> ended it; what is written is no bundle.</exception>
    public void Save(Stream stream, CancellationToken ct = default) => ExitFile.Write(stream, Members(), ct);

    private IEnumerable<(string Name, byte[] Content)> Members()
    {
        var members = Ledger.Members().ToList();
        members.AddRange(Lists.SelectMany(list => list.Value.Select(Encoding.ASCII.GetBytes).Select((token, at) => (ListName(at == 0 ? Encoding.UTF8.GetBytes(list.Key) : token), token))));
        members.AddRange(TypeDefinition.Texts().Select(type => ($"types/{type.Name}.json", Encoding.UTF8.GetBytes(type.Json))));
        if (Validators is not null) members.Add((ValidatorsMember, Encoding.UTF8.GetBytes(Validators.ToText())));
        return members.Prepend((ExitFile.Manifest, Encoding.UTF8.GetBytes(ManifestOf(members).ToJsonString(Indented))));
    }

    /// <summary>Reads a file, strictly; false with a sentence for anything else than what <see cref="Save"/> writes. Nothing of its content is judged.</summary>
    public static bool TryRead(Stream file, [NotNullWhen(true)] out ExitBundle? bundle, out string reason)
    {
        bundle = null;
        if (!ExitFile.TryRead(file, IsMember, out var members, out reason)) return false;
        if (!members.TryGetValue(ExitFile.Manifest, out var text) || text.Length > MaxManifest || !StrictJson.TryParseObject(text, out var manifest, out _, maxDepth: 4) || manifest.Count != 11 || StrictJson.Text(manifest["format"]) != Format
            || manifest["files"] is not JsonObject files || manifest["subject"] is not JsonObject { Count: 2 } subject)
            return Refuse($"{ExitFile.Manifest} is missing, or not of {Format}", out reason);
        if (files.FirstOrDefault(named => !members.ContainsKey(named.Key)).Key is { } missing) return Refuse($"{missing} is missing", out reason);
        foreach (var (name, content) in members.Where(member => member.Key != ExitFile.Manifest))
        {
            if (!files.ContainsKey(name)) return Refuse($"{name} is not in the manifest", out reason);
            if (StrictJson.Text(files[name]) != ExitFile.Digest(content)) return Refuse($"{name} is not what the manifest names", out reason);
        }
        if (StrictJson.Integer(manifest["chainId"]) is not { } chain || chain <= 1 || !Address.TryParse(StrictJson.Text(manifest["contract"]), out var contract) || !Hex.TryDecode(StrictJson.Text(manifest["genesis"]), out var genesis) || genesis.Length != 32
            || !DateTimeOffset.TryParse(StrictJson.Text(manifest["madeAt"]), System.Globalization.CultureInfo.InvariantCulture, out var madeAt)
            || StrictJson.Text(subject["kind"]) is not ("credential" or "organisation") || !Hex.TryDecode("0x" + StrictJson.Text(subject["id"]), out var id) || id.Length != 32)
            return Refuse($"{ExitFile.Manifest} does not say which chain, or whose bundle it is", out reason);
        if (!ExitLedger.TryParse((ulong)chain, contract, genesis, members, out var ledger, out reason)) return false;
        if (!IsOfState(manifest, ledger)) return Refuse($"{ExitFile.Manifest} speaks of another block than the state", out reason);

        ValidatorFile? validators = null;
        if (members.TryGetValue(ValidatorsMember, out var trusted) && !ValidatorFile.TryParse(Encoding.UTF8.GetString(trusted), out validators, out reason)) return false;
        var (lists, others) = (new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal), new List<(string Uri, string Token)>());
        foreach (var (name, content) in members.Where(member => member.Key.StartsWith("status/", StringComparison.Ordinal)))
        {
            var token = Encoding.ASCII.GetString(content);
            if (!Credentials.StatusList.StatusListToken.TryParse(token, out var list, out _)) return Refuse($"{name} is no status list", out reason);
            if (name == ListName(Encoding.UTF8.GetBytes(list.Uri))) lists[list.Uri] = [token];
            else if (name == ListName(content)) others.Add((list.Uri, token));
            else return Refuse($"{name} is the status list of another address", out reason);
        }
        foreach (var (uri, token) in others)
        {
            if (!lists.TryGetValue(uri, out var newest) || newest[0] == token) return Refuse($"the newest status list of {uri} is missing, or stands there twice", out reason);
            lists[uri] = [.. newest, token];
        }
        (bundle, reason) = (new ExitBundle(ledger, lists, madeAt, id, StrictJson.Text(subject["kind"]) == "credential", validators), "");
        return true;
    }

    private JsonObject ManifestOf(IEnumerable<(string Name, byte[] Content)> members)
    {
        BlockHeader.TryDecode(Ledger.State.Header, out var header, out _);
        return new JsonObject
        {
            ["format"] = Format,
            ["madeAt"] = MadeAt.ToRfc3339(),
            ["subject"] = new JsonObject { ["kind"] = IsOfCredential ? "credential" : "organisation", ["id"] = Convert.ToHexStringLower(Subject) },
            ["chainId"] = Ledger.ChainId,
            ["contract"] = Ledger.Contract.ToString(),
            ["genesis"] = Hex.Encode(Ledger.Genesis),
            ["block"] = header!.Number,
            ["asOf"] = Ledger.State.ProvenAt.ToRfc3339(),
            ["consensus"] = ConsensusName.Of(Ledger.State.Consensus),
            ["proven"] = Ledger.State.Consensus is not null,
            ["files"] = new JsonObject(members.Select(member => KeyValuePair.Create(member.Name, (JsonNode?)ExitFile.Digest(member.Content)))),
        };
    }

    private static bool IsOfState(JsonObject manifest, ExitLedger ledger) =>
        BlockHeader.TryDecode(ledger.State.Header, out var header, out _) && StrictJson.Integer(manifest["block"]) == (long)header.Number && StrictJson.Text(manifest["asOf"]) == ledger.State.ProvenAt.ToRfc3339()
        && StrictJson.Text(manifest["consensus"]) == ConsensusName.Of(ledger.State.Consensus) && manifest["proven"] is JsonValue proven && proven.TryGetValue<bool>(out var isProven) && isProven == ledger.State.Consensus is not null;

    private static bool IsMember(string name) => name is ExitFile.Manifest or ValidatorsMember || ExitLedger.IsMember(name) || IsList(name) || IsType(name);

    private static string ListName(byte[] of) => $"status/{ExitFile.Digest(of)}.jwt";

    private static bool IsList(string name) => name.Length == "status/".Length + 64 + ".jwt".Length && name.StartsWith("status/", StringComparison.Ordinal) && name.EndsWith(".jwt", StringComparison.Ordinal) && name[7..71].All(char.IsAsciiHexDigitLower);

    private static bool IsType(string name) => name.Length is > 11 and < 100 && name.StartsWith("types/", StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal) && name[6..^5].All(c => char.IsAsciiLetterLower(c) || c == '-');

    private static bool Refuse(string why, out string reason)
    {
        reason = why;
        return false;
    }
}
