using Identity.Hosting;
using Identity.Ledger.Anchoring;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Mirror;
using Identity.Ledger.Tests.Log;
using Identity.TestKit;
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
    [InlineData("Ledger:Nodes:0", "node.example")]
    [InlineData("Ledger:Agree", "0")]
    [InlineData("Ledger:Agree", "2")]
    [InlineData("Ledger:Genesis", "0x5fbd")]
    [InlineData("Ledger:Fee", "free")]
    [InlineData("Ledger:Fee", "dynamic")]
    [InlineData("Ledger:MaxFee", "10")]
    [InlineData("Ledger:GasPrice", "-1")]
    public void A_setting_that_is_missing_or_unusable_is_named_at_the_start(string key, string value) =>
        Assert.Contains(key, Assert.Throws<SettingMissingException>(() => Add(new(Good) { [key] = value })).Message);

    [Theory]
    [InlineData("Data:Folder", "")]
    [InlineData("Mirror:Interval", "00:00:00")]
    [InlineData("Ledger:Rpc", "")]
    public void So_it_is_for_the_mirror(string key, string value) =>
        Assert.Contains(key, Assert.Throws<SettingMissingException>(() => AddMirror(new(Good) { [key] = value })).Message);

    [Fact]
    public void Nodes_and_fees_come_from_the_settings_and_reach_the_client()
    {
        var options = Open(new(Good)
        {
            ["Ledger:Nodes:0"] = "http://127.0.0.1:8545", ["Ledger:Nodes:1"] = "http://10.0.0.2:8545", ["Ledger:Agree"] = "2", ["Ledger:Genesis"] = "0x" + new string('A', 64),
            ["Ledger:Fee"] = "dynamic", ["Ledger:MaxFee"] = "3000000000", ["Ledger:PriorityFee"] = "1", ["Ledger:FinalityDepth"] = "4", ["Ledger:HeadAge"] = "00:02:00",
        });

        Assert.Equal(["http://127.0.0.1:8545/", "http://10.0.0.2:8545/"], options.OtherNodes.Prepend(options.Rpc).Select(node => node.ToString()));
        Assert.Equal((2, "0x" + new string('a', 64), 4, TimeSpan.FromMinutes(2)), (options.Agree, options.Genesis, options.FinalityDepth, options.HeadAge));
        Assert.Equal(new EvmFee.Dynamic(1, 3_000_000_000), options.Fee);
        Assert.NotEmpty(options.Contract!.Runtime);
        Assert.Equal(new EvmFee.Legacy(7), Open(new(Good) { ["Ledger:GasPrice"] = "7" }).Fee);
    }

    [Fact]
    public void Nodes_need_no_other_setting_and_a_local_node_may_stand_still()
    {
        var settings = new Dictionary<string, string?>(Good) { ["Ledger:Nodes:0"] = "http://10.0.0.2:8545", ["Ledger:Development"] = "true" };
        settings.Remove("Ledger:Rpc");

        var options = Open(settings);

        Assert.Equal("http://10.0.0.2:8545/", options.Rpc.ToString());
        Assert.Equal(TimeSpan.Zero, options.HeadAge);
    }

    // Elsewhere a client would have another chain, other nodes or other fees than the settings say.
    [Fact]
    public void One_place_of_the_product_makes_clients_of_a_chain()
    {
        var makers = Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}") && File.ReadAllText(file) is var text && (text.Contains("new EvmClient(") || text.Contains("new EvmOptions")))
            .Select(Path.GetFileName).Order();

        Assert.Equal(["AnvilNode.cs", "ChainSettings.cs"], makers); // the first looks whether its own process answers
    }

    private static EvmOptions Open(Dictionary<string, string?> settings) => ChainSettings.Open(ChainSettings.Read(Configuration(settings)), new HttpClient(), TimeProvider.System).Evm.Options;

    private static void Add(Dictionary<string, string?> settings) => new ServiceCollection().AddLedgerLog<LogDb>(Configuration(settings));

    private static void AddMirror(Dictionary<string, string?> settings) => new ServiceCollection().AddLedgerMirror(Configuration(settings));

    private static IConfiguration Configuration(Dictionary<string, string?> settings) => new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
}
