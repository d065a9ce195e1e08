using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.SdJwt;

/// <summary>An SD-JWT or SD-JWT+KB (RFC 9901 §4) taken apart: read, not yet believed.</summary>
public sealed class SdJwtDocument
{
    /// <summary>Longer texts are refused, in characters.</summary>
    public const int MaxLength = 512 * 1024;

    /// <summary>More disclosures are refused.</summary>
    public const int MaxDisclosures = 1_000;

    private SdJwtDocument(Jws jwt, IReadOnlyList<Disclosure> disclosures, string? keyBindingJwt, string unbound, HashFunction hash)
    {
        (Jwt, Disclosures, KeyBindingJwt, Unbound, Hash) = (jwt, disclosures, keyBindingJwt, unbound, hash);
    }

    /// <summary>The issuer-signed JWT.</summary>
    public Jws Jwt { get; }

    /// <summary>The disclosures as they came.</summary>
    public IReadOnlyList<Disclosure> Disclosures { get; }

    /// <summary>The key binding JWT, or null.</summary>
    public string? KeyBindingJwt { get; }

    /// <summary>Everything up to and including the last '~': what `sd_hash` covers.</summary>
    public string Unbound { get; }

    /// <summary>The hash function its `_sd_alg` names.</summary>
    internal HashFunction Hash { get; }

    /// <summary>
    /// Takes a text apart; false with a reason for anything that has not the form of §4: no '~', a last part that is no JWT,
    /// a disclosure that is not strict base64url of a strict JSON array, an unknown `_sd_alg`. Rules about how the parts fit wait for <see cref="TryProcess(out JsonObject?, out string)"/>.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out SdJwtDocument? document, out string reason)
    {
        document = null;
        if (text is null || text.Length > MaxLength) return Refuse("SD-JWT is missing or too long", out reason);
        var first = text.IndexOf('~');
        var last = text.LastIndexOf('~');
        if (first < 0) return Refuse("SD-JWT has no '~'", out reason);
        if (!Jws.TryParse(text[..first], out var jwt, out reason)) return false;
        if (!HashFunction.TryFind(jwt.Payload, out var hash, out reason)) return false;

        var keyBinding = last + 1 < text.Length ? text[(last + 1)..] : null;
        if (keyBinding is not null && keyBinding.AsSpan().Count('.') != 2) return Refuse("SD-JWT ends neither with '~' nor with a key binding JWT", out reason);

        var disclosures = new List<Disclosure>();
        for (var from = first + 1; from <= last;)
        {
            var to = text.IndexOf('~', from);
            if (disclosures.Count == MaxDisclosures) return Refuse("SD-JWT has too many disclosures", out reason);
            if (!Disclosure.TryParse(text[from..to], hash, out var disclosure, out reason)) return false;
            disclosures.Add(disclosure);
            from = to + 1;
        }

        document = new SdJwtDocument(jwt, disclosures, keyBinding, text[..(last + 1)], hash);
        return true;
    }

    /// <summary>The processed payload (§7.1): disclosed claims in place, digests gone; false with a reason when a rule is broken. Does not check the signature.</summary>
    public bool TryProcess([NotNullWhen(true)] out JsonObject? claims, out string reason) => TryProcess(out claims, out _, out reason);

    /// <summary>As <see cref="TryProcess(out JsonObject?, out string)"/>, with the place of every disclosure in the processed payload.</summary>
    public bool TryProcess([NotNullWhen(true)] out JsonObject? claims, out IReadOnlyList<(ClaimPath Path, Disclosure Disclosure)> disclosed, out string reason) =>
        SdJwtProcessing.TryRun(this, out claims, out disclosed, out reason);

    private static bool Refuse(string why, out string reason)
    {
        reason = why;
        return false;
    }
}
