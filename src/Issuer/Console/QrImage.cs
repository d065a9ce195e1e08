using QRCoder;

namespace Identity.Issuer.Console;

/// <summary>Draws a text as a QR code in SVG: dark on white with its quiet zone whatever the page's colours, scaled by the page.</summary>
internal static class QrImage
{
    /// <summary>The SVG; error correction L, as it is shown on a screen, or more, as it is printed.</summary>
    public static string Svg(string text, QRCodeGenerator.ECCLevel level = QRCodeGenerator.ECCLevel.L)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, level);
        using var code = new SvgQRCode(data);
        return code.GetGraphic(4, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
    }
}
