using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Receipts;

/// <summary>What a scanner said to the person before it, from its own data: its word alone, which nobody has looked at.</summary>
/// <param name="Outcome">Outcome in snake_case.</param>
/// <param name="Reason">Leading reason in snake_case.</param>
public sealed record ToldByDevice(string Outcome, string Reason);

/// <summary>
/// A verifier's signed word for one check (docs/check-receipt.md): who checked what, when, why and with what result. Names of claims, never a value; which copy it was
/// can be said only by who has the copy.
/// </summary>
/// <param name="Verifier"><c>iss</c>: address of the service that checked.</param>
/// <param name="Id"><c>jti</c>: the same for the same check.</param>
/// <param name="IssuedAt"><c>iat</c>, whole seconds.</param>
/// <param name="CheckedAt">When the verdict was given, whole seconds.</param>
/// <param name="Purpose">Why it was asked; null where nothing was asked.</param>
/// <param name="Type">The <c>vct</c>, where it is one of ours.</param>
/// <param name="Asked">Names of the claims asked for.</param>
/// <param name="Shown">Names of the claims shown.</param>
/// <param name="Entry">Log entry of the copy that was shown: 32 bytes.</param>
/// <param name="Presentation">SHA-256 of the whole text that was shown.</param>
/// <param name="Outcome">Outcome in snake_case.</param>
/// <param name="Reason">Leading reason in snake_case.</param>
/// <param name="Binding">Binding level in snake_case.</param>
/// <param name="LedgerAge">Age of the ledger's copy, seconds; null where there was none.</param>
/// <param name="StatusAge">Age of the status list, seconds; null where there was none.</param>
/// <param name="Told">For a check without a network: what the scanner said then.</param>
public sealed record CheckReceipt(
    string Verifier, string Id, DateTimeOffset IssuedAt, DateTimeOffset CheckedAt, string? Purpose, string? Type, IReadOnlyList<string> Asked, IReadOnlyList<string> Shown,
    byte[] Entry, byte[] Presentation, string Outcome, string Reason, string Binding, long? LedgerAge, long? StatusAge, ToldByDevice? Told = null)
{
    /// <summary><c>typ</c> of the header.</summary>
    public const string Typ = "identity-check-receipt+jwt";

    /// <summary>The longest receipt that is read, in characters.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>SHA-256 of a text as shown: UTF-8, without white space around it.</summary>
    public static byte[] DigestOf(string shown) => SHA256.HashData(Encoding.UTF8.GetBytes(shown.Trim()));

    /// <summary>Signs; the header carries the public key, whose thumbprint the register names.</summary>
    public string Sign(ISigner signer) => Jws.Sign(new JsonObject { ["typ"] = Typ, ["jwk"] = signer.PublicKey.ToJson() }, ToJson(), signer);

    /// <summary>Reads a receipt and verifies that the key inside signed it. Whose key that is, the caller looks up.</summary>
    public static bool TryRead(string? text, [NotNullWhen(true)] out CheckReceipt? receipt, [NotNullWhen(true)] out Jwk? key, out string reason)
    {
        receipt = null;
        return SignedLine.TryOpen(text, Typ, "the token is no receipt of a check", out var payload, out key, out reason) && TryRead(payload, out receipt, out reason);
    }

    private JsonObject ToJson()
    {
        var json = new JsonObject { ["iss"] = Verifier, ["jti"] = Id, ["iat"] = IssuedAt.ToUnixTimeSeconds(), ["checked_at"] = CheckedAt.ToUnixTimeSeconds() };
        if (Purpose is not null) json["purpose"] = Purpose;
        if (Type is not null) json["type"] = Type;
        json["asked"] = Names(Asked);
        json["shown"] = Names(Shown);
        json["entry"] = Base64Url.Encode(Entry);
        json["presentation"] = Base64Url.Encode(Presentation);
        json["outcome"] = Outcome;
        json["reason"] = Reason;
        json["binding"] = Binding;
        var age = new JsonObject();
        if (LedgerAge is { } ledger) age["ledger"] = ledger;
        if (StatusAge is { } status) age["status"] = status;
        json["data_age"] = age;
        if (Told is not null) json["device"] = new JsonObject { ["outcome"] = Told.Outcome, ["reason"] = Told.Reason };
        return json;
    }

    private static bool TryRead(JsonObject json, [NotNullWhen(true)] out CheckReceipt? receipt, out string reason)
    {
        receipt = null;
        reason = "the receipt lacks a member, or one has another form";
        if (StrictJson.Text(json["iss"]) is not { Length: > 0 and <= 2000 } verifier || StrictJson.Text(json["jti"]) is not { Length: > 0 and <= SignedLine.MaxName } id
            || StrictJson.Time(json["iat"]) is not { } issued || StrictJson.Time(json["checked_at"]) is not { } checkedAt
            || SignedLine.Names(json["asked"]) is not { } asked || SignedLine.Names(json["shown"]) is not { } shown || SignedLine.Hash(json["entry"]) is not { } entry || SignedLine.Hash(json["presentation"]) is not { } presentation
            || Word(json["outcome"]) is not { } outcome || Word(json["reason"]) is not { } why || Word(json["binding"]) is not { } binding || json["data_age"] is not JsonObject age) return false;
        ToldByDevice? told = null;
        if (json["device"] is { } device)
        {
            if (device is not JsonObject || Word(device["outcome"]) is not { } said || Word(device["reason"]) is not { } saidWhy) return false;
            told = new ToldByDevice(said, saidWhy);
        }
        receipt = new CheckReceipt(verifier, id, issued, checkedAt, StrictJson.Text(json["purpose"]), StrictJson.Text(json["type"]), asked, shown, entry, presentation,
            outcome, why, binding, StrictJson.Integer(age["ledger"]), StrictJson.Integer(age["status"]), told);
        reason = "";
        return true;
    }

    private static JsonArray Names(IReadOnlyList<string> names) => [.. names.Select(name => (JsonNode)name)];

    private static string? Word(JsonNode? json) => StrictJson.Text(json) is { Length: > 0 and <= 60 } word && word.All(c => char.IsAsciiLetterLower(c) || c == '_') ? word : null;
}
