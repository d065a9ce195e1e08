using System.Text;
using System.Text.Json.Nodes;
using Identity.Ledger.Evm;
using Identity.Ledger.Exit;
using Identity.Ledger.Proofs;
using Identity.TestKit.Chains;
using Identity.Verifier.CommandLine;
using static Identity.Verifier.Tests.Exit.ExitCommands;

namespace Identity.Verifier.Tests.Exit;

/// <summary>A college that closed, with two anchors, a newer bundle of another one, and nothing left of the world that made them.</summary>
public sealed class EndedWorld : IAsyncLifetime
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("exit-ended-").FullName;

    public string Credential { get; private set; } = "";

    public string Robbed { get; private set; } = "";

    public async Task InitializeAsync()
    {
        await using var world = await ExitWorld.StartAsync();
        var closed = await world.FoundAsync("closed");
        var robbed = await world.FoundAsync("robbed");
        Credential = await closed.IssueAsync();
        Robbed = await robbed.IssueAsync();
        await world.AnchorAsync(others: 300);
        await closed.CloseAsync();
        await world.AnchorAsync();
        await File.WriteAllTextAsync(At("validators.json"), (await world.PinAsync()).ToText());
        await ExportAsync(world, "closed", "closed.idexit");
        await ExportAsync(world, "robbed", "earlier.idexit");
        await robbed.LoseKeyAsync(DateTimeOffset.UnixEpoch.AddSeconds((await world.NowAsync()).ToUnixTimeSeconds()));
        await ExportAsync(world, "robbed", "later.idexit");
    }

    public string At(string name) => Path.Combine(Folder, name);

    public Task DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return Task.CompletedTask;
    }

    private async Task ExportAsync(ExitWorld world, string name, string file)
    {
        var (code, told) = await ExitCommands.ExportAsync("--organisation", world.Colleges[name].IdText, "--data", world.Live, "--validators", At("validators.json"), "--out", At(file));
        Assert.True(code == 0, told);
    }
}

/// <summary>Whoever changes a bundle is found out, and told by which part; nothing of it is imported.</summary>
public sealed class TamperingTests(EndedWorld ended) : IClassFixture<EndedWorld>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("exit-tampered-").FullName;

    private string Target => Path.Combine(_folder, "archive");

    public static TheoryData<string, string> Faults => new()
    {
        { "seal", "the state's seals: 2 of 4 validators sealed" },
        { "header", "the state's seals: " },
        { "state proof", "the state's proof: " },
        { "state value", "the state's proof: a slot holds something else than is said beside its proof" },
        { "left out slot", "the state leaves out a record of which the events speak" },
        { "checkpoint", ": checkpoint: " },
        { "path", ": path: the path does not lead from the entry" },
        { "anchor's time", ": header: the receipt states another time than the block" },
        { "tile", "do not give the root that was anchored" },
        { "missing tile", "a tile is missing" },
        { "newest receipt", "no receipt is of all its" },
        { "profile", "is another text than was registered" },
        { "scope", "the scope of accreditation 2 is another text than was granted" },
        { "statement", "is another text than was given" },
        { "closing left out", "the registry held another closing" },
        { "key", "is another one than its thumbprint says" },
        { "theft made up", "the registry held another record of the key" },
        { "key younger", "the registry held another record of the key" },
        { "list", "the status list " },
        { "list beside it", "was not signed by whoever could end anything by it" },
        { "list twice", "is missing, or stands there twice" },
        { "order", "the events do not stand in the chain's order" },
        { "unknown event", "registry.json is missing, or not in its form" },
        { "block", "speaks of another block than the state" },
        { "subject", "does not hold the organisation that it says to be of" },
        { "chain", "the bundle is of another chain or registry" },
        { "manifest hash", "is not what the manifest names" },
        { "extra in manifest", "is missing" },
        { "extra member", "is not in the manifest" },
        { "unknown member", "is not known" },
        { "missing member", "state.json is missing" },
        { "path outside", "leads out of the bundle" },
        { "absolute path", "leads out of the bundle" },
        { "duplicate name", "stands there twice" },
        { "zip bomb", "is packed more tightly than any honest one" },
        { "large member", "is larger than is read" },
        { "no zip", "the file is no ZIP file" },
    };

    [Fact]
    public void Judging_and_writing_a_bundle_end_once_nobody_waits_for_it()
    {
        using var file = File.OpenRead(ended.At("closed.idexit"));
        Assert.True(ExitBundle.TryRead(file, out var bundle, out _));
        var gone = new CancellationToken(canceled: true);

        Assert.ThrowsAny<OperationCanceledException>(() => BundleCheck.Run(bundle, null, out _, gone));
        Assert.ThrowsAny<OperationCanceledException>(() => bundle.Save(Stream.Null, gone));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Each_part_that_was_changed_is_named(string fault, string sentence)
    {
        var file = Path.Combine(_folder, "tampered.idexit");
        var members = Read(ended.At("closed.idexit"));
        Tamper(fault, members, file);

        var (code, told) = await ImportAsync(file, "--data", Target, "--validators", ended.At("validators.json"));

        Assert.True(code == VerifyCommand.NotValid && told.StartsWith("REFUSED: ", StringComparison.Ordinal) && told.Contains(sentence, StringComparison.Ordinal), $"{fault}: {code} {told}");
        Assert.False(Directory.Exists(Target));
    }

    [Fact]
    public async Task Other_validators_prove_nothing_and_other_chains_are_refused()
    {
        Assert.True(ValidatorFile.TryParse(await File.ReadAllTextAsync(ended.At("validators.json")), out var trusted, out _));
        using var strangers = new Sealer(Consensus.Qbft, 4);
        var others = await TrustAsync(trusted with { Validators = [.. strangers.Keys.Select(key => key.Address)], BlockHash = new byte[32] });
        var elsewhere = await TrustAsync(trusted with { Genesis = new byte[32] });

        Assert.Equal(VerifyCommand.CannotTell, others.Code);
        Assert.Contains("CANNOT TELL: the state's seals: ", others.Told, StringComparison.Ordinal);
        Assert.Equal(VerifyCommand.NotValid, elsewhere.Code);
        Assert.Equal(VerifyCommand.Usage, (await ImportAsync(ended.At("closed.idexit"), "--data", Target)).Code); // whom to believe is said, never assumed
        Assert.False(Directory.Exists(Target));

        async Task<(int Code, string Told)> TrustAsync(ValidatorFile file)
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, "others.json"), file.ToText());
            return await ImportAsync(ended.At("closed.idexit"), "--data", Target, "--validators", Path.Combine(_folder, "others.json"));
        }
    }

    [Theory]
    [InlineData("earlier.idexit", "later.idexit")]
    [InlineData("later.idexit", "earlier.idexit")]
    public async Task Of_two_bundles_the_newer_one_counts_for_each_organisation_in_whichever_order_they_come(string first, string second)
    {
        foreach (var bundle in new[] { first, "closed.idexit", second })
        {
            var (code, told) = await ImportAsync(ended.At(bundle), "--data", Target, "--validators", ended.At("validators.json"));
            Assert.True(code == 0, told);
            if (bundle == "earlier.idexit" && first == bundle) Assert.Equal("valid", (await VerifyAsync(ended.Robbed, Target)).Verdict["outcome"]!.GetValue<string>());
        }

        var (one, other) = ((await VerifyAsync(ended.Credential, Target)).Verdict, (await VerifyAsync(ended.Robbed, Target)).Verdict);
        Assert.Equal("valid", one["outcome"]!.GetValue<string>());
        Assert.Equal("valid", other["outcome"]!.GetValue<string>()); // it was recorded before the theft
        Assert.True(string.CompareOrdinal(one["archive"]!["asOf"]!.GetValue<string>(), other["archive"]!["asOf"]!.GetValue<string>()) < 0);
        Assert.Contains("anchored before the key ended", other.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_bundles_that_contradict_each_other_are_not_put_together()
    {
        var members = Read(ended.At("later.idexit"));
        Change(members, "registry.json", events => events.AsArray().RemoveAll(e => e!["kind"]!.GetValue<string>().StartsWith("key", StringComparison.Ordinal))); // a whole record left out shows in no proof
        members.Remove(members.Keys.Single(name => name.StartsWith("status/", StringComparison.Ordinal))); // it is signed by a key that is left out
        var file = Path.Combine(_folder, "silent.idexit");
        Write(file, members);
        Assert.Equal(0, (await ImportAsync(ended.At("earlier.idexit"), "--data", Target, "--validators", ended.At("validators.json"))).Code);
        var before = await File.ReadAllBytesAsync(Path.Combine(Target, "mirror.db"));

        var (code, told) = await ImportAsync(file, "--data", Target, "--validators", ended.At("validators.json"));

        Assert.Equal(VerifyCommand.NotValid, code);
        Assert.Contains("contradict each other: they tell different histories of ", told, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(Target, "mirror.db")));
        Assert.Equal(["mirror.db"], Directory.GetFiles(Target).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_makers_word_is_taken_only_where_somebody_says_so_and_the_verdict_says_it_too()
    {
        var unproven = await ImportAsync(ended.At("closed.idexit"), "--data", Target, "--unproven");
        var verdict = (await VerifyAsync(ended.Credential, Target)).Verdict;

        Assert.Equal(0, unproven.Code);
        Assert.Contains("Not proven against validators: believed as its maker's word.", unproven.Told, StringComparison.Ordinal);
        Assert.False(verdict["archive"]!["proven"]!.GetValue<bool>());
        var mixed = await ImportAsync(ended.At("earlier.idexit"), "--data", Target, "--validators", ended.At("validators.json"));
        Assert.Equal(VerifyCommand.NotValid, mixed.Code);
        Assert.Contains("import it into a folder of its own", mixed.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_services_own_copy_of_the_ledger_is_never_filled_from_a_bundle()
    {
        Directory.CreateDirectory(Target);
        using (new Ledger.Mirror.MirrorFile(Path.Combine(Target, "mirror.db"))) { }

        var (code, told) = await ImportAsync(ended.At("closed.idexit"), "--data", Target, "--validators", ended.At("validators.json"));

        Assert.Equal(VerifyCommand.NotValid, code);
        Assert.Contains("holds a service's own copy of the ledger", told, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Tamper(string fault, Dictionary<string, byte[]> members, string file)
    {
        var receipts = members.Keys.Where(name => name.StartsWith("receipts/", StringComparison.Ordinal)).OrderBy(name => JsonNode.Parse(members[name])!["anchor"]!["size"]!.GetValue<long>()).ToList();
        var tiles = members.Keys.Where(name => name.StartsWith("logs/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        var list = members.Keys.Single(name => name.StartsWith("status/", StringComparison.Ordinal));
        switch (fault)
        {
            case "seal": Change(members, "state.json", state => state["header"] = WithSeals(state["header"]!.GetValue<string>(), 2)); break;
            case "header": Change(members, "state.json", state => state["header"] = WithGas(state["header"]!.GetValue<string>())); break;
            case "state proof": Change(members, "state.json", state => Bend(state["storage"]![0]!["proof"]!.AsArray())); break;
            case "state value": Change(members, "state.json", state => state["storage"]![0]!["value"] = "0x" + new string('1', 64)); break;
            case "left out slot": Change(members, "state.json", state => state["storage"]!.AsArray().RemoveAt(1)); break;
            case "checkpoint": Change(members, receipts[0], receipt => receipt["anchor"]!["root"] = "0x" + new string('1', 64)); break;
            case "path": Change(members, receipts[0], receipt => receipt["proof"] = receipt["proof"]!.GetValue<string>().Replace("index ", "index 1", StringComparison.Ordinal)); break;
            case "anchor's time": Change(members, receipts[0], receipt => receipt["anchor"]!["time"] = "2020-01-01T00:00:00Z"); break;
            case "tile": members[tiles[0]][40] ^= 1; break;
            case "missing tile": members.Remove(tiles[0]); break;
            case "newest receipt": members.Remove(receipts[^1]); break;
            case "profile": ChangeEvent(members, "organisationRegistered", e => e["profile"] = e["profile"]!.GetValue<string>().Replace("Talmara", "Talmira", StringComparison.Ordinal)); break;
            case "scope": ChangeEvent(members, "accreditationGranted", e => e["scope"] = """{"types":["urn:identity:person:1"],"v":1}""", last: true); break;
            case "statement": ChangeEvent(members, "organisationClosed", e => e["statement"] = "{}"); break;
            case "closing left out": Change(members, "registry.json", events => events.AsArray().RemoveAll(e => e!["kind"]!.GetValue<string>() == "organisationClosed")); break;
            case "key": ChangeEvent(members, "keyAdded", e => (e["x"], e["y"]) = (e["y"]!.DeepClone(), e["x"]!.DeepClone())); break;
            case "theft made up": Change(members, "registry.json", events => MakeUpTheft(events.AsArray())); break;
            case "key younger": ChangeEvent(members, "keyAdded", e => e["from"] = "2090-01-01T00:00:00Z"); break;
            case "list": members[list] = Encoding.ASCII.GetBytes(OtherSignature(Encoding.ASCII.GetString(members[list]))); break;
            case "list beside it": Beside(members, OtherSignature(Encoding.ASCII.GetString(members[list]))); break;
            case "list twice": Beside(members, Encoding.ASCII.GetString(members[list])); break;
            case "order": Change(members, "registry.json", events => Swap(events.AsArray())); break;
            case "unknown event": Change(members, "registry.json", events => events[0]!["event"]!["more"] = 1); break;
            case "block": Change(members, ExitFile.Manifest, manifest => manifest["block"] = 1); break;
            case "subject": Change(members, ExitFile.Manifest, manifest => manifest["subject"]!["id"] = new string('1', 64)); break;
            case "chain": Change(members, ExitFile.Manifest, manifest => manifest["genesis"] = "0x" + new string('1', 64)); break;
            case "manifest hash": members["types/person.json"] = [.. members["types/person.json"], (byte)' ']; Write(file, members, withManifest: false); return;
            case "extra in manifest": members.Remove("types/person.json"); Write(file, members, withManifest: false); return;
            case "extra member": members["types/another.json"] = "{}"u8.ToArray(); Write(file, members, withManifest: false); return;
            case "unknown member": members["readme.txt"] = "x"u8.ToArray(); break;
            case "missing member": members.Remove("state.json"); break;
            case "path outside": members["receipts/../../x"] = "x"u8.ToArray(); break;
            case "absolute path": members["/etc/x"] = "x"u8.ToArray(); break;
            case "duplicate name": Pack(file, members.Select(m => (m.Key, m.Value)).Append(("state.json", "{}"u8.ToArray()))); return;
            case "zip bomb": members["types/another.json"] = new byte[8 * 1024 * 1024]; break;
            case "large member": members["types/another.json"] = new byte[65 * 1024 * 1024]; break;
            case "no zip": File.WriteAllBytes(file, members["state.json"]); return;
            default: throw new ArgumentException(fault);
        }
        Write(file, members);
    }

    private static void Change(Dictionary<string, byte[]> members, string name, Action<JsonNode> change)
    {
        var json = JsonNode.Parse(members[name])!;
        change(json);
        members[name] = Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    private static void ChangeEvent(Dictionary<string, byte[]> members, string kind, Action<JsonNode> change, bool last = false) => Change(members, "registry.json", events =>
    {
        var found = events.AsArray().Where(e => e!["kind"]!.GetValue<string>() == kind).ToList();
        change((last ? found[^1] : found[0])!["event"]!);
    });

    private static void MakeUpTheft(JsonArray events)
    {
        var last = events[^1]!["event"]!["place"]!.DeepClone();
        last["logIndex"] = 999;
        var key = events.First(e => e!["kind"]!.GetValue<string>() == "keyAdded")!["event"]!;
        events.Add(new JsonObject { ["kind"] = "keyEnded", ["event"] = new JsonObject { ["organisation"] = key["organisation"]!.DeepClone(), ["thumbprint"] = key["thumbprint"]!.DeepClone(), ["endedAt"] = last["blockTime"]!.DeepClone(), ["reason"] = 2, ["place"] = last } });
    }

    private static void Beside(Dictionary<string, byte[]> members, string token) => members[$"status/{ExitFile.Digest(Encoding.ASCII.GetBytes(token))}.jwt"] = Encoding.ASCII.GetBytes(token);

    private static void Swap(JsonArray events)
    {
        var first = events[0]!;
        events.RemoveAt(0);
        events.Insert(1, first);
    }

    private static void Bend(JsonArray nodes)
    {
        var text = nodes[^1]!.GetValue<string>();
        nodes[^1] = text[..^2] + (text[^2..] == "00" ? "01" : "00");
    }

    private static string OtherSignature(string jwt) => jwt[..^10] + (jwt[^10] == 'A' ? 'B' : 'A') + jwt[^9..];

    private static string WithSeals(string header, int seals) => WithExtra(header, extra =>
    {
        Assert.True(Rlp.TryDecode(extra, out var item, out _));
        return Rlp.Encode(RlpItem.List([.. item.Items!.Take(4), RlpItem.List([.. item.Items![4].Items!.Take(seals)])]));
    });

    private static string WithGas(string header)
    {
        Assert.True(Rlp.TryDecode(Convert.FromHexString(header[2..]), out var item, out _));
        return Hex.Encode(Rlp.Encode(RlpItem.List([.. item.Items!.Select((field, at) => at == 9 ? RlpItem.Of(12345) : field)])));
    }

    private static string WithExtra(string header, Func<byte[], byte[]> change)
    {
        Assert.True(BlockHeader.TryDecode(Convert.FromHexString(header[2..]), out var read, out _));
        return Hex.Encode(read.Encode(change(read.ExtraData)));
    }
}
