namespace Identity.Issuer;

/// <summary>Builds the Issuer web app; the Host and Program call the same method.</summary>
public static class IssuerApp
{
    /// <summary>Builds the app from settings in <c>issuer.json</c>, the environment and <paramref name="args"/>.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ApplicationName = "Identity.Issuer" });
        return builder.Build();
    }
}
