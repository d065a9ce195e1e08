namespace Identity.Wallet;

/// <summary>Builds the Wallet web app; the Host and Program call the same method.</summary>
public static class WalletApp
{
    /// <summary>Builds the app from settings in <c>wallet.json</c>, the environment and <paramref name="args"/>.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ApplicationName = "Identity.Wallet" });
        return builder.Build();
    }
}
