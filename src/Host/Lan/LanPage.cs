using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Encodings.Web;
using Identity.Hosting;

namespace Identity.Host.Lan;

/// <summary>
/// The one page over plain HTTP: it gives a phone the certificate to trust, its fingerprint to compare, and the way to the
/// wallet. It holds nothing secret; whoever alters it on the way is found out by the fingerprint in the terminal.
/// </summary>
internal static class LanPage
{
    /// <summary>Builds the page's own small server.</summary>
    public static WebApplication Build(DemonstrationOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "Identity.Host" });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);

        var app = builder.Build();
        foreach (var address in options.Lan!.Addresses) app.Urls.Add($"http://{address}:{options.BasePort}");
        var der = X509CertificateLoader.LoadCertificateFromFile(options.Lan.Certificates.AuthorityFile).RawData;
        app.MapGet("/", (HttpContext http) =>
        {
            http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
            http.Response.Headers.CacheControl = "no-store";
            return Results.Content(Page(options, Strings.Pick(http, Strings.LanguagesOf("common"))), "text/html", Encoding.UTF8);
        });
        app.MapGet("/authority.crt", () => Results.File(der, "application/x-x509-ca-cert", "identity-demonstration.crt"));
        return app;
    }

    private static string Page(DemonstrationOptions options, Strings words)
    {
        string T(string key) => HtmlEncoder.Default.Encode(words["common.lan." + key]);
        var print = string.Join(' ', options.Lan!.Certificates.Fingerprint.Chunk(4).Select(c => new string(c)));
        return string.Create(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="{words.Language}" dir="{words.Direction}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
            <title>{T("title")}</title><style>body{"{"}font:1.125rem/1.6 system-ui,sans-serif;max-inline-size:34rem;margin:auto;padding:1rem{"}"}a{"{"}display:inline-block;padding-block:.6rem;font-weight:650{"}"}code{"{"}overflow-wrap:anywhere{"}"}</style></head>
            <body><main><h1>{T("title")}</h1><p>{T("lead")}</p>
            <ol><li>{T("fetch")}<br><a data-testid="authority" href="/authority.crt">{T("file")}</a></li>
            <li>{T("trust")}</li><li>{T("compare")}<br><code dir="ltr" data-testid="fingerprint">{print}</code></li>
            <li>{T("open")}<br><a data-testid="wallet" href="{HtmlEncoder.Default.Encode(options.WalletUrl)}/">{HtmlEncoder.Default.Encode(options.WalletUrl)}</a></li></ol>
            <p>{T("after")}</p></main></body></html>
            """);
    }
}
