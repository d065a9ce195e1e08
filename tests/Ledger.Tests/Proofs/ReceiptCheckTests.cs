using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Anchoring;
using Identity.Ledger.Tests.Log;
using Identity.Ledger.Tests.Registry;
using Identity.TestKit;
using Identity.TestKit.Chains;

namespace Identity.Ledger.Tests.Proofs;

/// <summary>A receipt is followed from the entry to the validators' seals by nobody's word.</summary>
public sealed class ReceiptCheckTests
{
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly byte[] Entry = TestLog.Entry(2);

    /// <summary>Nobody's: the log looks at the hash alone.</summary>
    private static readonly string Credential = $"{Base64Url.Encode("""{"alg":"ES256","kid":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","typ":"dc+sd-jwt"}"""u8)}.{Base64Url.Encode("""{"iss":"https://college.example","vct":"urn:x"}"""u8)}.{Base64Url.Encode(new byte[64])}~";

    public static TheoryData<string> Kinds => ["qbft", "ibft2", "ibft"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_receipt_holds_and_each_thing_wrong_with_it_is_found_by_the_step_that_looks_there(string kind)
    {
        var vector = JsonNode.Parse(File.ReadAllText(Checkout.Vector($"evm/{kind}.json")))!;
        var good = vector["receipt"]!.AsObject();
        var trusted = Trusted(vector["validators"]!.ToJsonString());
        var entry = Convert.FromHexString(vector["entry"]!.GetValue<string>());

        Assert.All(Run(good, entry, trusted), step => Assert.True(step.Result is StepResult.Proven or StepResult.Noted, $"{step.Name}: {step.Text}"));
        var faults = vector["faults"]!.AsArray();
        Assert.True(faults.Count >= 50);
        foreach (var fault in faults)
        {
            var name = fault!["name"]!.GetValue<string>();
            var (step, expected) = (fault["step"]!.GetValue<string>(), fault["open"]!.GetValue<bool>() ? StepResult.CannotTell : StepResult.NotProven);
            var steps = Run(Faults.Apply(good, fault["path"]!.GetValue<string>(), fault["value"]), entry, trusted);
            Assert.True(expected == ReceiptCheck.Sum(steps), $"{name}: {Told(steps)}");
            Assert.True(steps.Any(s => s.Name == step && s.Result == expected), $"{name}: {Told(steps)}");
        }
    }

    /// <summary>IDENTITY_WRITE_VECTORS=evm writes the files anew, from a network of validators; else the same faults are looked for in a receipt made now.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_vectors_are_what_a_network_makes(string kind)
    {
        Assert.True(ConsensusName.TryParse(kind, out var consensus));
        await using var bench = await SealedBench.StartAsync(consensus!.Value);
        var entry = Credentials.Receipts.ShownText.EntryOf(Credential)!;
        await bench.AppendAsync(entry);
        await bench.AnchorAsync(1, 3);
        await bench.KeepAsync();
        var receipt = Json((await bench.ReceiptAsync(entry)).Receipt);
        var trusted = await PinAsync(bench, 0);
        using var strangers = new Sealer(consensus.Value, 4);
        var faults = new Faults(receipt, consensus.Value, bench.Network.Validators, strangers).All().ToList();

        Assert.Equal(StepResult.Proven, ReceiptCheck.Sum(Run(receipt, entry, trusted)));
        foreach (var fault in faults) Assert.Equal((fault.Name, fault.IsOpen ? StepResult.CannotTell : StepResult.NotProven), (fault.Name, ReceiptCheck.Sum(Run(Faults.Apply(receipt, fault.Path, fault.Value), entry, trusted))));

        if (Environment.GetEnvironmentVariable("IDENTITY_WRITE_VECTORS")?.Split(',').Contains("evm") != true) return;
        Directory.CreateDirectory(Checkout.Vector("evm"));
        await File.WriteAllTextAsync(Checkout.Vector($"evm/{kind}.json"), new JsonObject
        {
            ["about"] = "A receipt of the ledger, the validators to trust, and what must be found when one thing is changed: path is a JSON Pointer (RFC 6901) into the receipt, value stands there instead, null takes it out. docs/receipt.md",
            ["credential"] = Credential,
            ["entry"] = Convert.ToHexStringLower(entry),
            ["validators"] = JsonNode.Parse(trusted.ToText()),
            ["receipt"] = receipt.DeepClone(),
            ["faults"] = new JsonArray([.. faults.Select(f => (JsonNode)new JsonObject { ["name"] = f.Name, ["path"] = f.Path, ["value"] = f.Value?.DeepClone(), ["step"] = f.Step, ["open"] = f.IsOpen })]),
        }.ToJsonString(Written) + "\n");
    }

    [Fact]
    public async Task A_pin_follows_the_changes_that_the_receipt_carries_and_no_others()
    {
        await using var bench = await SealedBench.StartAsync();
        var pin = await PinAsync(bench, await bench.Network.MineAsync());
        await bench.Network.ChangeAsync([.. bench.Network.Validators.Skip(1), .. bench.Network.NewValidators(1)]);
        await bench.Network.MineAsync(2);
        await bench.Network.ChangeAsync([.. bench.Network.Validators.Skip(2), .. bench.Network.NewValidators(2)]);
        await bench.AnchorAsync(1, 2, 3);
        await bench.KeepAsync();
        await bench.Network.ChangeAsync([.. bench.Network.Validators.Skip(2), .. bench.Network.NewValidators(2)]);
        var after = await bench.Network.MineAsync();
        var receipt = Json((await bench.ReceiptAsync(2)).Receipt);

        Assert.Contains("2 changes of validators were followed", Step("seals", Run(receipt, Entry, pin)).Text, StringComparison.Ordinal);
        var cut = Faults.Apply(receipt, "/state/changes", new JsonArray());
        Assert.Equal(StepResult.CannotTell, Step("seals", Run(cut, Entry, pin)).Result); // one of the four whom we trust still seals
        Assert.Equal(StepResult.CannotTell, Step("seals", Run(Faults.Apply(receipt, "/state/changes/0", null), Entry, pin)).Result);
        Assert.Equal(StepResult.NotProven, Step("seals", Run(Faults.Apply(receipt, "/state/changes/0", "0x00"), Entry, pin)).Result);
        Assert.Equal(StepResult.Proven, Step("seals", Run(receipt, Entry, await PinAsync(bench, after))).Result); // a newer pin, of whom two sealed the earlier block
    }

    [Fact]
    public async Task Strangers_who_name_themselves_prove_nothing_and_are_no_proof_against_the_receipt()
    {
        await using var bench = await SealedBench.StartAsync();
        await using var others = await SealedBench.StartAsync();
        await bench.AnchorAsync(1, 2, 3);
        await bench.KeepAsync();
        var receipt = Json((await bench.ReceiptAsync(2)).Receipt);
        var trusted = await PinAsync(bench, 0);

        var steps = Run(receipt, Entry, trusted with { Validators = [.. others.Network.Validators.Select(v => v.Address)], BlockHash = new byte[32] });

        Assert.Equal(StepResult.CannotTell, Step("seals", steps).Result);
        Assert.Equal(StepResult.NotProven, Step("account", Run(receipt, Entry, trusted with { CodeHash = new byte[32] })).Result);
    }

    [Fact]
    public async Task Without_the_credential_or_with_another_one_nothing_is_proven()
    {
        await using var bench = await SealedBench.StartAsync();
        await bench.AnchorAsync(1, 2, 3);
        await bench.KeepAsync();
        var receipt = Json((await bench.ReceiptAsync(2)).Receipt);
        var trusted = await PinAsync(bench, 0);

        Assert.Equal(StepResult.CannotTell, ReceiptCheck.Sum(Run(receipt, null, trusted)));
        Assert.Equal(StepResult.NotProven, Step("path", Run(receipt, TestLog.Entry(1), trusted)).Result);
        receipt["entry"] = Convert.ToHexStringLower(TestLog.Entry(1));
        Assert.Equal(StepResult.NotProven, Step("entry", Run(receipt, Entry, trusted)).Result);
    }

    [Fact]
    public async Task A_development_nodes_receipt_says_that_only_a_node_says_so()
    {
        await using var bench = await ChainBench.StartAsync();
        await bench.GrowAsync(1, 2, 3);
        await bench.AnchorAsync();
        await using var db = bench.Log.Open();
        await new Ledger.Anchoring.ProofKeeper(bench.Registry, bench.Log.Name, null).RunAsync(db, default);
        var receipt = Json((await LedgerLog.FindReceiptAsync(db, Entry))!);
        var trusted = new ValidatorFile("x", 31337, new byte[32], Consensus.Qbft, bench.Registry.Contract, Keccak256.Hash(CompiledContract.Registry.Runtime), 0, new byte[32], [Address.Zero], DateTimeOffset.UnixEpoch);

        var steps = Run(receipt, Entry, trusted);

        Assert.Equal(StepResult.CannotTell, ReceiptCheck.Sum(steps));
        Assert.Equal(["seals"], steps.Where(s => s.Result == StepResult.CannotTell).Select(s => s.Name));
    }

    [Fact]
    public async Task Key_organisation_accreditations_and_closing_are_told_where_they_are_proven()
    {
        await using var bench = await RecordsBench.StartAsync();
        var trusted = await PinAsync(bench.Sealed, 0);

        var steps = ReceiptCheck.Run(await bench.ReceiptAsync(), Entry, trusted, bench.Key);
        Assert.Equal(["proven", "proven", "proven", "proven", "proven"], new[] { "key", "organisation", "accreditation", "log", "closing" }.Select(name => Step(name, steps).Result.ToString().ToLowerInvariant()));
        Assert.Contains($"number {bench.Leaf} under number {bench.Root}", Step("accreditation", steps).Text, StringComparison.Ordinal);
        Assert.Equal(StepResult.NotProven, Step("key", ReceiptCheck.Run(await bench.ReceiptAsync(strangersKey: Chain.Some(32)), Entry, trusted, bench.Stranger)).Result);
        Assert.Equal(StepResult.Noted, Step("key", ReceiptCheck.Run(await bench.ReceiptAsync(), Entry, trusted, Chain.Some(32))).Result);

        await bench.EndAsync();
        var late = ReceiptCheck.Run(await bench.ReceiptAsync(), Entry, trusted, bench.Key); // the state after the key ended: the entry may well lie before
        Assert.Equal(StepResult.CannotTell, Step("key", late).Result);
        Assert.Equal(StepResult.CannotTell, Step("closing", late).Result);
        Assert.Contains("closed on", Step("closing", late).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attack_a_receipt_leaves_out_what_speaks_against_its_key()
    {
        await using var bench = await RecordsBench.StartAsync();
        var trusted = await PinAsync(bench.Sealed, 0);

        var withoutLog = ReceiptCheck.Run(await bench.ReceiptAsync(withLog: false), Entry, trusted, bench.Key);
        Assert.Equal((StepResult.CannotTell, StepResult.CannotTell), (Step("log", withoutLog).Result, ReceiptCheck.Sum(withoutLog)));
        var withoutClosing = ReceiptCheck.Run(await bench.ReceiptAsync(withClosing: false), Entry, trusted, bench.Key);
        Assert.Equal((StepResult.CannotTell, StepResult.CannotTell), (Step("closing", withoutClosing).Result, ReceiptCheck.Sum(withoutClosing)));
    }

    [Fact]
    public async Task Attack_the_key_of_an_organisation_vouches_for_what_stands_in_somebody_elses_log()
    {
        await using var bench = await RecordsBench.StartAsync(usesLog: false);

        var steps = ReceiptCheck.Run(await bench.ReceiptAsync(), Entry, await PinAsync(bench.Sealed, 0), bench.Key);

        Assert.Equal((StepResult.NotProven, StepResult.NotProven), (Step("log", steps).Result, ReceiptCheck.Sum(steps)));
    }

    [Fact]
    public void A_wallets_file_is_read_copy_by_copy_and_what_waited_is_passed_over()
    {
        var good = JsonNode.Parse(File.ReadAllText(Checkout.Vector("evm/qbft.json")))!["receipt"]!.AsObject();
        var copy = good.DeepClone().AsObject();
        copy["entry"] = Convert.ToHexStringLower(Entry);
        var file = new JsonObject { ["format"] = "identity-receipts/1", ["type"] = "urn:x", ["issuer"] = "https://x.example", ["copies"] = new JsonArray(new JsonObject { ["entry"] = new string('0', 64), ["proof"] = null, ["anchor"] = null }, copy) };

        Assert.True(LogReceipt.TryParse(Encoding.UTF8.GetBytes(file.ToJsonString()), out var receipts, out var reason), reason);
        Assert.Equal(Entry, Assert.Single(receipts).Entry);
        file["copies"]!.AsArray().RemoveAt(1);
        Assert.False(LogReceipt.TryParse(Encoding.UTF8.GetBytes(file.ToJsonString()), out _, out reason));
        Assert.Contains("anchored", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name", "")]
    [InlineData("chainId", 1)]
    [InlineData("block", -1)]
    [InlineData("genesis", "0x00")]
    [InlineData("consensus", "none")]
    [InlineData("contract", "0x00")]
    [InlineData("format", "identity-validators/2")]
    [InlineData("madeAt", "yesterday")]
    [InlineData("validators", null)]
    [InlineData("more", "x")]
    public void A_file_of_validators_in_any_other_form_is_refused(string member, object? value)
    {
        var good = JsonNode.Parse(File.ReadAllText(Checkout.Vector("evm/qbft.json")))!["validators"]!.AsObject();
        Assert.Equal(good.ToJsonString(), JsonNode.Parse(Trusted(good.ToJsonString()).ToText())!.ToJsonString());

        good[member] = value is null ? new JsonArray() : JsonValue.Create(value);
        Assert.False(ValidatorFile.TryParse(good.ToJsonString(), out _, out var reason));
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void A_file_that_names_a_validator_twice_is_refused()
    {
        var file = JsonNode.Parse(File.ReadAllText(Checkout.Vector("evm/qbft.json")))!["validators"]!.AsObject();
        var named = file["validators"]!.AsArray();
        named.Add(named[0]!.DeepClone());
        Assert.False(ValidatorFile.TryParse(file.ToJsonString(), out _, out var reason));
        Assert.Contains("twice", reason, StringComparison.Ordinal);
    }

    private static ValidatorFile Trusted(string text) => ValidatorFile.TryParse(text, out var file, out var reason) ? file : throw new InvalidOperationException(reason);

    internal static async Task<ValidatorFile> PinAsync(SealedBench bench, ulong block)
    {
        var header = await bench.Network.HeaderAsync(block);
        return new ValidatorFile("A network of a test", SealedNetwork.ChainId, (await bench.Network.HeaderAsync(0)).BlockHash(), bench.Network.Consensus, bench.Registry.Contract,
            Keccak256.Hash(CompiledContract.Registry.Runtime), block, header.BlockHash(), header.Validators, header.Header.Time);
    }

    internal static JsonObject Json(Receipt receipt) => JsonSerializer.SerializeToNode(receipt, JsonSerializerOptions.Web)!.AsObject();

    private static IReadOnlyList<ReceiptStep> Run(JsonObject receipt, byte[]? entry, ValidatorFile trusted) =>
        LogReceipt.TryParse(Encoding.UTF8.GetBytes(receipt.ToJsonString()), out var read, out var reason)
            ? ReceiptCheck.Run(read[0], entry, trusted) : [new ReceiptStep("read", StepResult.NotProven, reason)];

    private static ReceiptStep Step(string name, IReadOnlyList<ReceiptStep> steps) => Assert.Single(steps, step => step.Name == name);

    private static string Told(IReadOnlyList<ReceiptStep> steps) => string.Join("; ", steps.Where(s => s.Result != StepResult.Proven).Select(s => $"{s.Result} {s.Name}: {s.Text}"));
}
