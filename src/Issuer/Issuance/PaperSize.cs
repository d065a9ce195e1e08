using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Types;
using QRCoder;

namespace Identity.Issuer.Issuance;

/// <summary>What the code of a printed credential will be like, told before anything is signed.</summary>
/// <param name="Bytes">Of the paper; 0 where none can be made.</param>
/// <param name="Version">Of its QR code at error correction M, which a stain does not spoil at once; null where none can be made.</param>
/// <param name="LeftOut">Claims of the QR code that do not stand on the paper.</param>
/// <param name="Cap">Bytes that are never passed.</param>
public sealed record PaperForecast(int Bytes, int? Version, IReadOnlyList<string> LeftOut, int Cap);

/// <summary>Keeps papers within <see cref="CompactPaper.MaxIssued"/> bytes.</summary>
public static class PaperSize
{
    /// <summary>
    /// The claims that stand on a paper, or null where none can be made. Optional ones are left out from the end of the type's QR order until the rest fits, the
    /// first, and the first by which the person is told, never; nor in whose place it is issued. A claim that only spares showing another is left out where that one stands there: on a paper nothing can be hidden.
    /// </summary>
    public static JsonObject? Fit(TypeDefinition type, JsonObject claims)
    {
        var fitting = new JsonObject();
        foreach (var claim in type.QrClaims)
            if (claims[claim.Name] is { } value && (claim.DerivedFrom is not { } source || type.Claim(source)?.Qr is null || !claims.ContainsKey(source))) fitting[claim.Name] = value.DeepClone();
        if (type.OriginalIssuer is { } place && claims[place.Name] is { } original) fitting[place.Name] = original.DeepClone();
        // Nobody proves to be the holder of a paper: without a claim to compare it would be anybody's.
        if (type.QrClaims.FirstOrDefault(c => c.Compare && fitting.ContainsKey(c.Name)) is not { } person) return null;
        foreach (var claim in type.QrClaims.Skip(1).Where(c => !c.Mandatory && c != person).Reverse())
        {
            if (Fits(type, fitting)) return fitting;
            fitting.Remove(claim.Name);
        }
        return Fits(type, fitting) ? fitting : null;
    }

    /// <summary>What the paper of these claims will be like; derived claims included, what the type does not know is passed over.</summary>
    public static PaperForecast Forecast(TypeDefinition type, JsonObject claims)
    {
        if (Fit(type, claims) is not { } fitting) return new PaperForecast(0, null, [], CompactPaper.MaxIssued);
        var bytes = CompactPaper.SizeOf(type, fitting);
        return new PaperForecast(bytes, VersionOf(bytes), [.. type.QrClaims.Select(c => c.Name).Where(name => claims.ContainsKey(name) && !fitting.ContainsKey(name))], CompactPaper.MaxIssued);
    }

    /// <summary>Never less than the bytes of a paper with every claim of the code, and told at once.</summary>
    internal static int AtMost(TypeDefinition type, JsonObject claims)
    {
        // Everything but type and claims is below 165 bytes, in whose place it is issued included; a claim has a key and marks beside its value, whose JSON is no shorter than its CBOR but for two bytes.
        var bytes = 165 + type.Vct.Length;
        foreach (var claim in type.Claims)
            if (claim.Qr is not null && claims[claim.Name] is { } value) bytes += 10 + value.ToJsonString().Length;
        return bytes;
    }

    private static bool Fits(TypeDefinition type, JsonObject claims) => CompactPaper.SizeOf(type, claims) <= CompactPaper.MaxIssued;

    private static int VersionOf(int bytes)
    {
        using var code = QRCodeGenerator.GenerateQrCode(CompactPaper.Prefix + new string('A', (bytes * 3 + 1) / 2), QRCodeGenerator.ECCLevel.M);
        return code.Version;
    }
}
