using Identity.Hosting;

namespace Identity.Wallet.Tests;

/// <summary>Whose trust packs tell phones who keeps the records of an organisation that has closed: part of the page, as the check page's own pins are.</summary>
public sealed class PackPinTests
{
    private static readonly string One = new('A', 43), Two = new('B', 43);

    [Fact]
    public async Task The_pins_stand_in_the_page_and_other_pins_are_another_version_of_the_wallet()
    {
        var (page, worker) = await ServedAsync("--Check:Url=https://check.example", $"--TrustPack:Signers:0={One}", $"--TrustPack:Signers:1={Two}");
        var (bare, before) = await ServedAsync("--Check:Url=https://check.example");

        Assert.Contains($"<meta name=\"pack-signers\" content=\"{One} {Two}\">", page, StringComparison.Ordinal);
        Assert.Contains("<meta name=\"pack-signers\" content=\"\">", bare, StringComparison.Ordinal);
        Assert.NotEqual(before, worker);
    }

    [Theory]
    [InlineData("--Check:Url=https://check.example", "--TrustPack:Signers:0=short")]
    [InlineData("--TrustPack:Signers:0=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "--Check:Url=")]
    public void A_pin_that_is_none_or_has_no_check_page_beside_it_is_said_at_the_start(params string[] settings) =>
        Assert.Throws<SettingMissingException>(() => WalletApp.Build(["--environment=Development", "--Data:Folder=nowhere", .. settings]));

    [Fact]
    public void A_phone_holds_two_pins_at_most() => Assert.Throws<SettingMissingException>(() => WalletApp.Build(
        ["--environment=Development", "--Data:Folder=nowhere", "--Check:Url=https://check.example", $"--TrustPack:Signers:0={One}", $"--TrustPack:Signers:1={Two}", $"--TrustPack:Signers:2={One}"]));

    private static async Task<(string Page, string Worker)> ServedAsync(params string[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("wallet-test-").FullName;
        try
        {
            await using var wallet = WalletApp.Build(["--urls=http://127.0.0.1:0", "--PublicUrl=http://localhost:5002", "--environment=Development", $"--Data:Folder={folder}", .. settings]);
            await wallet.StartAsync();
            using var http = new HttpClient { BaseAddress = new Uri(wallet.Urls.Single()) };
            return (await http.GetStringAsync(new Uri("/", UriKind.Relative)), await http.GetStringAsync(new Uri("/sw.js", UriKind.Relative)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
