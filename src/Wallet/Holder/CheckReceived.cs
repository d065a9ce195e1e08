using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.Types;

namespace Identity.Wallet.Holder;

/// <summary>What is checked before anything is kept: signed by the key it names, for a key of ours, of the type that was offered.</summary>
internal static class CheckReceived
{
    public static HolderRefusal? AddSdJwt(string text, string issuer, JsonObject configuration, IReadOnlyList<ISigner> keys, List<CredentialCopy> held, DateTimeOffset now)
    {
        if (!SdJwtVc.TryParse(text, out var credential, out var reason)) return new("malformed", reason);
        if (credential.Document.KeyBindingJwt is not null) return new("malformed", "The credential comes with a key binding that is not ours.");
        if (credential.Issuer != issuer) return new("issuer_mismatch", "The credential is by another issuer.");
        if (credential.Vct != StrictJson.Text(configuration["vct"])) return new("type_mismatch", "The credential is of another type.");
        if (credential.HolderKey is not { } holder || keys.FirstOrDefault(k => k.PublicKey.SameKey(holder)) is not { } key)
            return new("foreign_key", "The credential is bound to another key.");
        if (held.Any(h => h.Vct == credential.Vct && h.Key == key)) return new("foreign_key", "Two copies are bound to one key.");
        if (credential.Expires <= now) return new("not_valid_now", "The credential has already ended.");
        if (!X5c.TryParse(credential.Document.Jwt.Header["x5c"], out var chain, out reason)) return new("malformed", reason);
        if (!X5c.TryLeafKey(chain[0], out var leaf)) return new("malformed", "The issuer's certificate holds no P-256 key.");
        if (!VerificationKey.TryImport(leaf, out var issuerKey, out reason)) return new("malformed", reason);
        using (issuerKey)
            if (!credential.Document.Jwt.Verify(issuerKey)) return new("bad_signature", "The issuer's signature does not hold.");
        held.Add(new CredentialCopy(issuer, credential.Vct, key, text, leaf, null));
        return null;
    }

    public static HolderRefusal? AddCompact(string text, List<CredentialCopy> held)
    {
        if (!Base64Url.TryDecode(text, out var bytes) || !CompactCredential.TryDecode(bytes, out var compact, out _)) return new("malformed", "The compact credential cannot be read.");
        var at = held.FindIndex(h => h.Vct == compact!.Issuer.Type && h.Key.PublicKey.Kty == "EC" && h.Key.PublicKey.Compressed().AsSpan().SequenceEqual(compact.Issuer.Holder));
        if (at < 0) return new("foreign_key", "The compact credential is bound to another key.");
        if (held[at].Compact is not null) return new("foreign_key", "Two compact credentials are bound to one key.");
        if (!SaysTheSame(compact!, held[at])) return new("malformed", "The compact credential says something else than the credential.");
        if (!VerificationKey.TryImport(held[at].IssuerKey, out var issuerKey, out var reason)) return new("malformed", reason);
        using (issuerKey)
            if (!compact!.Issuer.Verify(issuerKey)) return new("bad_signature", "The issuer's signature does not hold.");
        held[at] = held[at] with { Compact = compact };
        return null;
    }

    public static HolderRefusal? AddPaper(string text, IReadOnlyList<CredentialCopy> held, List<CompactPaper> papers)
    {
        if (!CompactPaper.TryParse(text, out var paper, out _)) return new("malformed", "The paper cannot be read.");
        if (held.FirstOrDefault(h => h.Vct == paper.Type) is not { } copy || papers.Any(p => p.Type == paper.Type)) return new("type_mismatch", "The paper is of another type, or the second of one.");
        var said = SdJwtVc.TryParse(copy.SdJwt, out var credential, out _) ? credential.Claims : [];
        var type = TypeDefinition.Find(copy.Vct);
        if (!NamesTheSamePlace(paper.OriginalIssuer, type, said) || paper.Claims(type).Any(claim => !JsonNode.DeepEquals(claim.Value, said[claim.Key]))) return new("malformed", "The paper says something else than the credential.");
        if (!VerificationKey.TryImport(copy.IssuerKey, out var issuerKey, out var reason)) return new("malformed", reason);
        using (issuerKey)
            if (!paper.VerifyIssuer(issuerKey)) return new("bad_signature", "The issuer's signature does not hold.");
        papers.Add(paper);
        return null;
    }

    // Both name the same organisation in whose place it was issued, or neither one.
    private static bool NamesTheSamePlace(byte[]? original, TypeDefinition? type, JsonObject said) =>
        (original is null ? null : Convert.ToHexStringLower(original)) == (type?.OriginalIssuer is { } claim ? StrictJson.Text(said[claim.Name]) : null);

    private static bool SaysTheSame(CompactCredential compact, CredentialCopy copy) =>
        TypeDefinition.Find(copy.Vct) is { } type && SdJwtVc.TryParse(copy.SdJwt, out var credential, out _)
        && NamesTheSamePlace(compact.Issuer.OriginalIssuer, type, credential.Claims) && compact.Leaves.All(leaf => type.Claim(leaf.Key) is { } claim && JsonNode.DeepEquals(leaf.ToJson(), credential.Claims[claim.Name]));
}
