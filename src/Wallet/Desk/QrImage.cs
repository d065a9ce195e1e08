using QRCoder;

namespace Identity.Wallet.Desk;

/// <summary>Draws a text as a QR code in SVG: dark on white with its quiet zone whatever the page's colours, scaled by the page.</summary>
internal static class QrImage
{
    /// <summary>The SVG.</summary>
    /// <param name="text">What it says.</param>
    /// <param name="printed">With error correction M, for paper gets stains; a screen shows larger modules with L.</param>
    public static string Svg(string text, bool printed = true)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, printed ? QRCodeGenerator.ECCLevel.M : QRCodeGenerator.ECCLevel.L);
        using var code = new SvgQRCode(data);
        return code.GetGraphic(4, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
    }
}
