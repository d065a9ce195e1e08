using QRCoder;

namespace Identity.Verifier;

/// <summary>Draws a text as a QR code in SVG, dark on white with its quiet zone whatever the page's colours, scaled by the page.</summary>
public static class QrImage
{
    /// <summary>What the largest QR code holds at error correction L, as bytes.</summary>
    public const int MaxBytes = 2953;

    /// <summary>The SVG of <paramref name="text"/>; error correction L for what is shown on a screen.</summary>
    public static string Svg(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.L);
        using var code = new SvgQRCode(data);
        return code.GetGraphic(4, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
    }
}
