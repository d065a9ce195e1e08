using Identity.Hosting;
using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;
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

    [Theory]
    [InlineData(null, "Could not find file")]
    [InlineData("{}", "the file of validators is not of identity-validators/1")]
    [InlineData("other", "of another network than Ledger:ChainId and Ledger:Contract")]
    [InlineData("own", null)]
    public async Task A_file_of_validators_that_is_none_or_of_another_network_stops_the_start(string? text, string? complaint)
    {
        var folder = Directory.CreateTempSubdirectory("verifier-test-").FullName;
        var file = Path.Combine(folder, "validators.json");
        var own = new ValidatorFile("A network", 31337, new byte[32], Consensus.Qbft, Address.FromBytes([.. new byte[19], 0xaa]), new byte[32], 0, new byte[32], [Address.Zero], DateTimeOffset.UnixEpoch);
        if (text is not null) await File.WriteAllTextAsync(file, text switch { "own" => own.ToText(), "other" => (own with { ChainId = 31338 }).ToText(), _ => text });
        string[] settings = [.. TestVerifier.Defaults("http://localhost:1", folder), $"--Exit:Validators={file}"];

        if (complaint is null) await VerifierApp.Build(settings).DisposeAsync();
        else
        {
            var fault = Assert.Throws<SettingMissingException>(() => VerifierApp.Build(settings));
            Assert.Contains("Set Exit:Validators", fault.Message);
            Assert.Contains(complaint, fault.Message);
        }
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, true);
    }
}
