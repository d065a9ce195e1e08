using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Identity.Hosting;
using Identity.Wallet.Data;
using Identity.Wallet.Desk;
using Identity.Wallet.Recovery;
using Identity.Wallet.Verifiers;

namespace Identity.Wallet;

/// <summary>
/// Builds the Wallet web app: the files of the phone's wallet and the signed list of registered verifiers, both public. Credentials,
/// keys and consent stay in the browser; this server never sees any of them. What it keeps for people is in its own database (<see cref="WalletDb"/>).
/// Where desks are set, it also serves their pages, for people without a phone.
/// </summary>
public static class WalletApp
{
    private const string SignersMark = "%verifier-signers%", CheckMark = "%check-page%", PackMark = "%pack-signers%";

    /// <summary>Builds the app from settings in <c>wallet.json</c>, the environment and <paramref name="args"/>.</summary>
    /// <exception cref="SettingMissingException">A setting is missing; the message says what to set.</exception>
    public static WebApplication Build(string[] args) => Build(args, null);

    /// <summary>The same, with services such as the clock exchanged by <paramref name="adjust"/>.</summary>
    internal static WebApplication Build(string[] args, Action<IServiceCollection>? adjust)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ApplicationName = "Identity.Wallet" });
        builder.AddIdentityHosting("wallet", args);
        var options = VerifierListOptions.Read(builder.Configuration, builder.Environment.IsProduction());
        var checkPage = builder.Configuration["Check:Url"] ?? "";
        if (checkPage.Length > 0 && !(Uri.TryCreate(checkPage, UriKind.Absolute, out var check) && check.Scheme is "https" or "http"))
            throw new SettingMissingException("Check:Url", "the absolute address of the page where papers are checked, or nothing");
        var packSigners = builder.Configuration.GetSection("TrustPack:Signers").Get<string[]>() ?? [];
        if (packSigners.Length > 2 || packSigners.Any(signer => signer.Length != 43)) throw new SettingMissingException("TrustPack:Signers", "at most two thumbprints of 43 characters (RFC 7638, base64url)");
        if (packSigners.Length > 0 && checkPage.Length == 0) throw new SettingMissingException("Check:Url", "the address of the check page, whose trust packs TrustPack:Signers pins");
        var assets = new EmbeddedAssets(typeof(WalletApp).Assembly, (path, bytes) => Pin(path, bytes, options.Signers, checkPage, packSigners));
        var page = assets.Find("index.html")
            ?? throw new InvalidOperationException("The wallet's pages are not in this build: build src/Wallet again.");
        builder.AddRecovery(builder.AddWalletData());
        builder.Services.AddSingleton(Policy(Encoding.UTF8.GetString(page)));
        builder.Services.AddSingleton(options).AddSingleton<VerifierListKeeper>().AddHostedService(services => services.GetRequiredService<VerifierListKeeper>());
        builder.AddDesk();
        adjust?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseIdentityHosting();
        app.MapDesk();
        ServeVerifierList.Map(app);
        app.MapRecovery();
        app.MapEmbeddedAssets(assets);
        return app;
    }

    /// <summary>The wallet speaks to any issuer and verifier over https; plain http reaches this machine only.</summary>
    internal static ContentPolicy Policy(string page) => ContentPolicy.ForPage(page) with { WebAssembly = true, Connect = ["https:", "http://localhost:*", "http://127.0.0.1:*"] };

    // The pins, and the address to be printed on papers, are part of the page that the phone keeps, not of an answer: they change only with a new version, which the person agrees to.
    private static byte[] Pin(string path, byte[] bytes, IReadOnlyList<string> signers, string checkPage, IReadOnlyList<string> packSigners)
    {
        if (path is not ("index.html" or "sw.js")) return bytes;
        var (pin, packPin) = (string.Join(' ', signers), string.Join(' ', packSigners));
        var text = Encoding.UTF8.GetString(bytes);
        return Encoding.UTF8.GetBytes(path == "index.html"
            ? text.Replace(SignersMark, pin, StringComparison.Ordinal).Replace(CheckMark, HtmlEncoder.Default.Encode(checkPage), StringComparison.Ordinal).Replace(PackMark, HtmlEncoder.Default.Encode(packPin), StringComparison.Ordinal)
            : text.Replace(SignersMark, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{pin}\n{checkPage}\n{packPin}")))[..8], StringComparison.Ordinal));
    }
}
