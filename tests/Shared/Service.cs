using System.Diagnostics;
using Identity.Host.Journey;
using Identity.Host.Seed;
using Identity.Issuer;
using Identity.Issuer.Organisations;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Identity.Tests.Shared;

/// <summary>A running Issuer of one organisation.</summary>
internal sealed record Service(WebApplication App, Organisation Organisation, string[] Settings, string Folder, string Url)
{
    public string Id => Convert.ToHexStringLower(Organisation.Profile.Id());

    public Api As(string key) => new(Url, key);

    public string ClerkKey => IssuerSide.Access(App.Services).Single().ApiKey;

    public string ApproverKey => IssuerSide.Access(App.Services).Single().ApproverKey;

    /// <summary>What somebody types at the service's own machine.</summary>
    public async Task<string> TypeAsync(params string[] words)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in (string[])[typeof(IssuerApp).Assembly.Location, .. words, .. Settings]) start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, said);
        return said.Trim();
    }
}
