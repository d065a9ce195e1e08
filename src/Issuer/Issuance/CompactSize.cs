using System.Text;
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
    /// The claims that enter the code. Optional ones are left out from the end of the type's QR order where the proof would pass the type's cap, or its
    /// target where the type says so and leaving out reaches it. They stay in the SD-JWT VC.
    /// </summary>
    public static JsonObject Fit(TypeDefinition type, JsonObject claims)
    {
        if (type.Budget.Over is QrOver.Trim && Trim(type, claims, type.Budget.Target) is (true, var within)) return within;
        return Trim(type, claims, type.Budget.Cap).Claims;
    }

    /// <summary>Null when the claims fit; else the claim to shorten and a sentence.</summary>
    public static (string Claim, string Message)? Problem(TypeDefinition type, JsonObject claims)
    {
        if (AtMost(type, claims) <= type.Budget.Cap && type.QrClaims.Any(c => claims.ContainsKey(c.Name))) return null;
        var forecast = Forecast(type, claims);
        if (forecast.Longest is not { } longest)
            return (type.QrClaims.First().Name, $"Give at least one of the claims that a QR code can show: {string.Join(", ", type.QrClaims.Select(c => c.Label("en")))}.");
        return forecast.Reading is QrReading.TooLong ? (longest, $"Together the claims are too long for a QR code, by {forecast.Bytes - forecast.Cap} bytes. Shorten this one.") : null;
    }

    /// <summary>What the code of these claims will be like, before anything is signed.</summary>
    /// <param name="type">The type.</param>
    /// <param name="claims">The claims, derived ones included; what the type does not know is passed over.</param>
    public static QrForecast Forecast(TypeDefinition type, JsonObject claims)
    {
        var fitting = Fit(type, claims);
        var (target, cap, _) = type.Budget;
        var bytes = Measure(type, fitting);
        var shown = type.QrClaims.Where(c => fitting.ContainsKey(c.Name)).Select(c => c.Name).ToList();
        return new QrForecast(
            bytes, bytes is 0 || bytes > cap ? null : QrForecast.VersionOf(bytes), bytes <= target ? QrReading.Easy : bytes <= cap ? QrReading.Dense : QrReading.TooLong,
            [.. type.QrClaims.Select(c => c.Name).Where(name => claims.ContainsKey(name) && !fitting.ContainsKey(name))],
            shown.MaxBy(name => Encoding.UTF8.GetByteCount(fitting[name]?.ToString() ?? "")), target, cap,
            PaperSize.Forecast(type, claims));
    }

    /// <summary>The forecast of claims whose code, on a phone or on paper, is larger than it should be or leaves something out; null where all is well.</summary>
    public static QrForecast? Large(TypeDefinition type, JsonObject claims)
    {
        if (AtMost(type, claims) <= type.Budget.Target && PaperSize.AtMost(type, claims) <= CompactPaper.MaxIssued) return null;
        var forecast = Forecast(type, claims);
        // A claim that spares showing another is left out of a paper by design, not for want of room.
        var leftOut = forecast.Paper.LeftOut.Any(name => type.Claim(name)!.DerivedFrom is null);
        return forecast.Reading is QrReading.Easy && forecast.LeftOut.Count == 0 && forecast.Paper.Version is not null && !leftOut ? null : forecast;
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

    // False where leaving out every optional claim is not enough.
    private static (bool Fits, JsonObject Claims) Trim(TypeDefinition type, JsonObject claims, int limit)
    {
        if (AtMost(type, claims) <= limit || Measure(type, claims) <= limit) return (true, claims);
        var fitting = claims.DeepClone().AsObject();
        foreach (var claim in type.QrClaims.Where(c => !c.Mandatory).Reverse())
            if (fitting.Remove(claim.Name) && Measure(type, fitting) is > 0 and var bytes && bytes <= limit) return (true, fitting);
        return (false, fitting);
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
