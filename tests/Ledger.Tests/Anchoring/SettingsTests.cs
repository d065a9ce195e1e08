using Identity.Hosting;
using Identity.Ledger.Log;
using Identity.Ledger.Mirror;
using Identity.Ledger.Tests.Log;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Ledger.Tests.Anchoring;

public class SettingsTests
{
    private static readonly Dictionary<string, string?> Good = new()
    {
        ["PublicUrl"] = "http://localhost:5001",
        ["Data:Folder"] = "/nowhere",
        ["Log:SigningKeyFile"] = "log.pem",
        ["Ledger:OperatorKeyFile"] = "operator.pem",
        ["Ledger:Rpc"] = "http://127.0.0.1:8545",
        ["Ledger:Contract"] = "0x5fbdb2315678afecb367f032d93f642f64180aa3",
        ["Ledger:ChainId"] = "31337",
    };

    [Fact]
    public void Good_settings_are_taken()
    {
        Add(Good);
        AddMirror(Good);
    }

    [Theory]
    [InlineData("PublicUrl", "")]
    [InlineData("Log:SigningKeyFile", "")]
    [InlineData("Log:Interval", "00:00:00")]
    [InlineData("Ledger:OperatorKeyFile", "")]
    [InlineData("Ledger:Rpc", "")]
    [InlineData("Ledger:Rpc", "127.0.0.1")]
    [InlineData("Ledger:Contract", "")]
    [InlineData("Ledger:Contract", "0x5FBDB2315678afecb367f032d93f642f64180aa3")]
    [InlineData("Ledger:ChainId", "1")]
    [InlineData("Ledger:FinalityDepth", "-1")]
    [InlineData("Ledger:Interval", "00:00:00")]
    public void A_setting_that_is_missing_or_unusable_is_named_at_the_start(string key, string value) =>
        Assert.Contains(key, Assert.Throws<SettingMissingException>(() => Add(new(Good) { [key] = value })).Message);

    [Theory]
    [InlineData("Data:Folder", "")]
    [InlineData("Mirror:Interval", "00:00:00")]
    [InlineData("Ledger:Rpc", "")]
    public void So_it_is_for_the_mirror(string key, string value) =>
        Assert.Contains(key, Assert.Throws<SettingMissingException>(() => AddMirror(new(Good) { [key] = value })).Message);

    private static void Add(Dictionary<string, string?> settings) => new ServiceCollection().AddLedgerLog<LogDb>(Configuration(settings));

    private static void AddMirror(Dictionary<string, string?> settings) => new ServiceCollection().AddLedgerMirror(Configuration(settings));

    private static IConfiguration Configuration(Dictionary<string, string?> settings) => new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
}
