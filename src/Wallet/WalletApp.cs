using System.Text;
using Identity.Hosting;

namespace Identity.Wallet;

/// <summary>
/// Builds the Wallet web app: the files of the phone's wallet and nothing else. Credentials, keys and consent stay in the
/// browser; this server never sees any of them, so it has no data, no API and no account.
/// </summary>
public static class WalletApp
{
    /// <summary>Builds the app from settings in <c>wallet.json</c>, the environment and <paramref name="args"/>.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ApplicationName = "Identity.Wallet" });
        var page = new EmbeddedAssets(typeof(WalletApp).Assembly).Find("index.html")
            ?? throw new InvalidOperationException("The wallet's pages are not in this build: build src/Wallet again.");
        builder.Services.AddSingleton(Policy(Encoding.UTF8.GetString(page)));
        builder.AddIdentityHosting("wallet", args);

        var app = builder.Build();
        app.UseIdentityHosting();
        app.MapEmbeddedAssets(typeof(WalletApp).Assembly);
        return app;
    }

    /// <summary>The wallet speaks to any issuer and verifier over https; plain http reaches this machine only.</summary>
    internal static ContentPolicy Policy(string page) => ContentPolicy.ForPage(page) with { Connect = ["https:", "http://localhost:*", "http://127.0.0.1:*"] };
}
