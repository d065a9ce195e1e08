using Identity.Hosting;
using Identity.Verifier.Tests.World;

namespace Identity.Verifier.Tests;

public class StartTests
{
    [Fact]
    public async Task The_app_starts_and_answers()
    {
        await using var verifier = await TestVerifier.StartAsync();
        using var browser = verifier.Browser();

        var response = await browser.GetAsync("/health/live");

        Assert.True(response.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("Verifier:Name")]
    [InlineData("Keys:Request")]
    public void Production_refuses_to_invent_a_setting(string missing)
    {
        var folder = Directory.CreateTempSubdirectory("verifier-test-").FullName;
        string[] settings = [.. TestVerifier.Defaults("https://verifier.example", folder), "--environment=Production", .. missing == "Verifier:Name" ? [] : (string[])["--Verifier:Name=Employer"]];

        var fault = Assert.Throws<SettingMissingException>(() => VerifierApp.Build(settings));

        Assert.Contains(missing, fault.Message);
        Directory.Delete(folder, true);
    }

    [Fact]
    public void The_unsigned_prefix_is_refused_outside_development()
    {
        var folder = Directory.CreateTempSubdirectory("verifier-test-").FullName;

        var fault = Assert.Throws<SettingMissingException>(() => VerifierApp.Build(
            [.. TestVerifier.Defaults("https://verifier.example", folder), "--environment=Production", "--Verifier:Name=Employer", "--Verifier:ClientId=redirect_uri"]));

        Assert.Contains("Verifier:ClientId", fault.Message);
        Directory.Delete(folder, true);
    }
}
