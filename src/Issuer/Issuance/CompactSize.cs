using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;

namespace Identity.Issuer.Issuance;

/// <summary>Keeps compact proofs small enough for a QR code that a cheap phone reads, before anything is signed.</summary>
public static class CompactSize
{
    // The holder's part: signature 64, binding 34, headers and array marks; one index for each leaf comes on top.
    private const int HolderPart = 116;

    private static readonly Ruler Blank = new();

    /// <summary>
    /// The claims without those that would make the proof larger than the type's cap: optional ones are left out from the end of
    /// the type's QR order. They stay in the SD-JWT VC.
    /// </summary>
    public static JsonObject Fit(TypeDefinition type, JsonObject claims)
    {
        if (AtMost(type, claims) <= type.Budget.Cap) return claims;
        var fitting = claims.DeepClone().AsObject();
        foreach (var claim in type.QrClaims.Where(c => !c.Mandatory).Reverse())
        {
            if (Measure(type, fitting) <= type.Budget.Cap) break;
            fitting.Remove(claim.Name);
        }
        return fitting;
    }

    /// <summary>Null when the claims fit; else the claim to shorten and a sentence.</summary>
    public static (string Claim, string Message)? Problem(TypeDefinition type, JsonObject claims)
    {
        var fitting = Fit(type, claims);
        if (!type.QrClaims.Any(c => fitting.ContainsKey(c.Name)))
            return (type.QrClaims.First().Name, $"Give at least one of the claims that a QR code can show: {string.Join(", ", type.QrClaims.Select(c => c.Label("en")))}.");
        var over = Measure(type, fitting) - type.Budget.Cap;
        if (over <= 0) return null;
        var longest = type.QrClaims.Where(c => fitting.ContainsKey(c.Name)).MaxBy(c => fitting[c.Name]!.ToJsonString().Length)!;
        return (longest.Name, $"Together the claims are too long for a QR code, by {over} bytes. Shorten this one.");
    }

    /// <summary>Bytes of a proof that shows every claim, the largest values of the numbers assumed.</summary>
    public static int Measure(TypeDefinition type, JsonObject claims)
    {
        if (!type.QrClaims.Any(c => claims.ContainsKey(c.Name))) return 0;
        var sample = CompactIssuer.Issue(type, claims, Blank.PublicKey, uint.MaxValue, uint.MaxValue, ushort.MaxValue, int.MaxValue, Blank, static salt => salt.Clear());
        return sample.Encode().Length + sample.Leaves.Count + HolderPart;
    }

    /// <summary>Never less than <see cref="Measure"/> and told at once: most claims are so short that nothing need be measured.</summary>
    internal static int AtMost(TypeDefinition type, JsonObject claims)
    {
        // The issuer's part without its type is below 300 bytes; a leaf has a salt, a key, an index and marks beside its value, whose JSON is no shorter than its CBOR but for two bytes.
        var bytes = 300 + HolderPart + type.Vct.Length;
        foreach (var claim in type.Claims)
            if (claim.Qr is not null && claims[claim.Name] is { } value) bytes += 32 + value.ToJsonString().Length;
        return bytes;
    }

    // A signature of the right length is all that measuring needs.
    private sealed class Ruler : ISigner
    {
        public string Algorithm => "ES256";

        public Jwk PublicKey { get; } = Some();

        public byte[] Sign(ReadOnlySpan<byte> data) => new byte[64];

        private static Jwk Some()
        {
            using var key = Es256Key.Create();
            return key.PublicKey;
        }
    }
}
