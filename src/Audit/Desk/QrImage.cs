using QRCoder;

namespace Identity.Audit.Desk;

/// <summary>Draws a text as a QR code in SVG: dark on white with its quiet zone whatever the page's colours, scaled by the page.</summary>
internal static class QrImage
{
    /// <summary>The SVG; error correction M, for it may be printed.</summary>
    public static string Svg(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var code = new SvgQRCode(data);
        return code.GetGraphic(4, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
    }
}
