namespace Identity.Verifier;

/// <summary>Builds the Verifier web app; the Host and Program call the same method.</summary>
public static class VerifierApp
{
    /// <summary>Builds the app from settings in <c>verifier.json</c>, the environment and <paramref name="args"/>.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ApplicationName = "Identity.Verifier" });
        return builder.Build();
    }
}
