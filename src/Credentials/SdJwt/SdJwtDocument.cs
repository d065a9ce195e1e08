using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;

namespace Identity.Credentials.SdJwt;

/// <summary>An SD-JWT or SD-JWT+KB (RFC 9901 §4) taken apart: read, not yet believed.</summary>
public sealed class SdJwtDocument
{
    /// <summary>The issuer-signed JWT.</summary>
    public Jws Jwt => throw new NotImplementedException();

    /// <summary>The disclosures as they came.</summary>
    public IReadOnlyList<Disclosure> Disclosures => throw new NotImplementedException();

    /// <summary>The key binding JWT, or null.</summary>
    public string? KeyBindingJwt => throw new NotImplementedException();

    /// <summary>Everything up to and including the last '~': what `sd_hash` covers.</summary>
    public string Unbound => throw new NotImplementedException();

    /// <summary>Takes a text apart; false with a reason for anything that has not the form of §4.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out SdJwtDocument? document, out string reason) => throw new NotImplementedException();

    /// <summary>The processed payload (§7.1): disclosed claims in place, digests gone; false with a reason when a rule is broken. Does not check the signature.</summary>
    public bool TryProcess([NotNullWhen(true)] out JsonObject? claims, out string reason) => throw new NotImplementedException();

    /// <summary>As <see cref="TryProcess(out JsonObject?, out string)"/>, with the place of every disclosure in the processed payload.</summary>
    public bool TryProcess([NotNullWhen(true)] out JsonObject? claims, out IReadOnlyList<(ClaimPath Path, Disclosure Disclosure)> disclosed, out string reason) => throw new NotImplementedException();
}
