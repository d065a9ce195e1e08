using QRCoder;

namespace Identity.Issuer.Issuance;

/// <summary>How easily a credential's QR code is read when every claim in it is shown.</summary>
public enum QrReading
{
    /// <summary>By a poor camera too: at most the type's target.</summary>
    Easy,

    /// <summary>A poor camera may fail: over the target.</summary>
    Dense,

    /// <summary>Over the cap: nothing is issued until a claim is shorter.</summary>
    TooLong,
}

/// <summary>What a credential's QR code will be like, told before anything is signed.</summary>
/// <param name="Bytes">Of the proof that shows every claim in the code; a proof that shows less is smaller.</param>
/// <param name="Version">Of the QR code at error correction L, 1 to 40 (ISO/IEC 18004); null where it is too long or no claim can be shown.</param>
/// <param name="Reading">How easily it is read.</param>
/// <param name="LeftOut">Claims that are left out of the code to keep it small; they stay in the credential.</param>
/// <param name="Longest">The claim that takes most room, or null where no claim can be shown.</param>
/// <param name="Target">Bytes that a poor camera reads.</param>
/// <param name="Cap">Bytes that are never passed.</param>
/// <param name="Paper">What it will be like on paper.</param>
public sealed record QrForecast(int Bytes, int? Version, QrReading Reading, IReadOnlyList<string> LeftOut, string? Longest, int Target, int Cap, PaperForecast Paper)
{
    /// <summary>The version that holds so many bytes as a proof's text: its prefix of four characters, then Base45, three characters for two bytes.</summary>
    internal static int VersionOf(int bytes)
    {
        using var code = QRCodeGenerator.GenerateQrCode("IDP:" + new string('A', (bytes * 3 + 1) / 2), QRCodeGenerator.ECCLevel.L);
        return code.Version;
    }
}
