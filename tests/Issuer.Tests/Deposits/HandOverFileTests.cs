using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Credentials.Transparency;
using Identity.Issuer.Deposits;
using Identity.Issuer.Issuance;
using Identity.Issuer.Keys;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Issuer.Tests.Deposits;

/// <summary>The file of a hand-over by itself: what is read back, and what is refused.</summary>
public sealed class HandOverFileTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 11, 23, 10, 0, 0, 123, TimeSpan.Zero);

    private readonly ECDiffieHellman _key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
    private readonly EvmAccount _account = EvmAccount.Create();
    private readonly Es256Key _signer = Es256Key.Create();

    public void Dispose()
    {
        _key.Dispose();
        _account.Dispose();
        _signer.Dispose();
    }

    private HandOverLine[] Lines() =>
    [
        new HandOverLine.Head(new OrganisationProfile("https://college.example", "College", "XT", true, null), new string('a', 64), "{}"),
        List(1), Record("one"), Record("two"), Copy("one", 5), Copy("two", 6), Anchor("one"),
        new HandOverLine.Log("college.example/log", 3, 17), Logged(5, 7), Logged(8),
    ];

    private static HandOverLine.Entries Logged(params byte[] copies) => new([.. copies.SelectMany(c => SHA256.HashData([c]))]);

    private HandOverLine.StatusList List(int number, params (int Index, byte Value)[] statuses)
    {
        var array = new StatusArray(2, 64);
        foreach (var (index, value) in statuses) array.Set(index, value);
        var token = StatusListToken.Sign($"https://college.example/status/{number}", At, null, null, array, _signer);
        Assert.True(StatusListToken.TryParse(token, out var parsed, out var reason), reason);
        return new HandOverLine.StatusList(number, token, parsed);
    }

    private static HandOverLine.Row Record(string id, CredentialState state = CredentialState.Collected) => new(id, "qualification", "K-1", "أمينة O’Neill", new JsonObject { ["title"] = "Welding" }, state, "other", "A sentence.", At, At.AddDays(1), null);

    private static HandOverLine.Copy Copy(string record, int index) => new(record, 1, index, SHA256.HashData([(byte)index]), "dc+sd-jwt", "thumbprint", At, null);

    private static HandOverLine.Anchor Anchor(string record) => new(record, new string('t', 43), new byte[32], At, At.AddDays(30), null);

    private async Task<byte[]> File(IEnumerable<HandOverLine> lines)
    {
        using var file = new MemoryStream();
        using var writer = new HandOverWriter(file, KeyFolder.Public(_key));
        foreach (var line in lines) await writer.AddAsync(line, default);
        await writer.EndAsync(_account, default);
        return file.ToArray();
    }

    private async Task<List<HandOverLine>> Read(byte[] file, ECDiffieHellman? key = null, HandOverCheck? check = null)
    {
        using var stream = new MemoryStream(file);
        var lines = new List<HandOverLine>();
        var kid = KeyFolder.Public(_key).Kid;
        await foreach (var line in HandOverFile.ReadAsync(stream, k => k == kid ? key ?? _key : null, check ?? new HandOverCheck(), default)) lines.Add(line);
        return lines;
    }

    private async Task Refused(string why, byte[] file) => Assert.Contains(why, Assert.IsType<HandOverLine.Bad>((await Read(file))[^1]).Why, StringComparison.Ordinal);

    private async Task Refused(string why, params HandOverLine[] lines) => await Refused(why, await File(lines));

    // As a forger writes it who knows the depositary's public key: whatever stands in the lines, the end fits.
    private async Task<byte[]> Forged(params string[] more)
    {
        var text = string.Concat(Lines().Select(l => Encoding.UTF8.GetString(l.Encode())).Concat(more.Select(m => m + "\n")));
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        var end = new HandOverLine.End(text.Count(c => c == '\n'), digest, _account.Sign(HandOverLine.Hash(digest)));
        return await Task.FromResult(Encoding.ASCII.GetBytes(Jwe.Encrypt([.. Encoding.UTF8.GetBytes(text), .. end.Encode()], KeyFolder.Public(_key), "A256GCM", RandomNumberGenerator.Fill) + "\n"));
    }

    [Fact]
    public async Task What_was_written_is_read_back_and_names_who_signed_it()
    {
        var lines = await Read(await File(Lines()));

        Assert.Equal(Lines()[2..].Select(l => Encoding.UTF8.GetString(l.Encode())), lines[2..^1].Select(l => Encoding.UTF8.GetString(l.Encode())));
        var end = Assert.IsType<HandOverLine.End>(lines[^1]);
        Assert.True(end.Signature.TryRecover(HandOverLine.Hash(end.Digest), out var signer));
        Assert.Equal((10, _account.Address), (end.Lines, signer));
        // A forger's file reads as well as a true one: the signature is for the ledger to judge.
        Assert.IsType<HandOverLine.End>((await Read(await Forged()))[^1]);
    }

    [Fact]
    public async Task A_file_of_several_parts_is_read_in_one_and_misses_none_of_them()
    {
        var big = Enumerable.Range(0, 7).Select(n => Record($"big{n}") with { Claims = new JsonObject { ["title"] = new string('x', 1_500_000) } });
        HandOverLine[] lines = [.. Lines()[..2], .. big];
        var parts = Encoding.ASCII.GetString(await File(lines)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(parts.Length > 3);
        byte[] Of(params string[] some) => Encoding.ASCII.GetBytes(string.Concat(some.Select(p => p + "\n")));

        Assert.IsType<HandOverLine.End>((await Read(Of(parts)))[^1]);
        await Refused("its last line is missing", Of(parts[..^1]));
        await Refused("does not fit those before it", Of([parts[0], .. parts[2..]]));
        await Refused("does not fit those before it", Of([parts[0], parts[2], parts[1], .. parts[3..]]));
        await Refused("a record comes twice", Of([parts[0], parts[1], .. parts[1..]]));
        await Refused("not in their order", Of([.. parts, parts[^1]]));
    }

    [Fact]
    public async Task Attack_the_file_is_cut_changed_too_long_or_for_another_key()
    {
        var file = await File(Lines());

        await Refused("does not end with its last part", file[..^1]);
        await Refused("its last line is missing", Array.Empty<byte>());
        await Refused("does not end with its last part", file[..(file.Length / 2)]);
        await Refused("cannot be opened", [.. file[..(file.Length / 2)], (byte)'\n']);
        var changed = file.ToArray();
        changed[^40] = changed[^40] == (byte)'A' ? (byte)'B' : (byte)'A';
        await Refused("cannot be opened", changed);
        await Refused("a part is too long", [.. Enumerable.Repeat((byte)'A', 8_000_000)]);
        using var other = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        Assert.Contains("does not decrypt", Assert.IsType<HandOverLine.Bad>(Assert.Single(await Read(file, other))).Why, StringComparison.Ordinal);
        var strangers = Encoding.ASCII.GetBytes(Jwe.Encrypt("x\n"u8, KeyFolder.Public(other), "A256GCM", RandomNumberGenerator.Fill) + "\n");
        await Refused("a key that is not ours", strangers);
    }

    [Fact]
    public async Task Attack_lines_that_contradict_each_other()
    {
        var (head, list) = (Lines()[0], Lines()[1]);

        await Refused("not in their order", list, head);
        await Refused("not in their order", head, head);
        await Refused("not in their order", head, Record("one"), list);
        await Refused("a status list comes twice", head, list, list);
        await Refused("a record comes twice", head, Record("one"), Record("one"));
        await Refused("a copy belongs to no record", head, list, Record("one"), Copy("two", 1));
        await Refused("a status that no list has", head, list, Record("one"), Copy("one", 64));
        await Refused("a status that no list has", head, Record("one"), Copy("one", 1));
        await Refused("two copies have one status index", head, list, Record("one"), Record("two"), Copy("one", 1), Copy("two", 1));
        await Refused("a recovery anchor belongs to no record", head, list, Record("one"), Anchor("two"));
        await Refused("a recovery anchor comes twice", head, list, Record("one"), Anchor("one"), Anchor("one"));
        await Refused("two copies have one entry of the log", head, list, Record("one"), Copy("one", 1), Copy("one", 2) with { Entry = Copy("one", 1).Entry });
        await Refused("entries belong to no log", head, Logged(1));
        await Refused("there are two logs", head, new HandOverLine.Log("one", 1, 1), new HandOverLine.Log("two", 1, 1));
        await Refused("the log in it is not whole", head, new HandOverLine.Log("one", 2, 1), Logged(1));
        await Refused("more entries than it says", head, new HandOverLine.Log("one", 2, 1), Logged(1, 2, 3));
        await Refused("too many status lists", [head, .. Enumerable.Range(1, HandOverFile.MaxLists + 1).Select(n => List(n))]);
        await Refused("not one of this organisation", head, list, List(2) with { Number = 3 });
    }

    [Theory]
    [InlineData(CredentialState.Revoked, 0, false)]
    [InlineData(CredentialState.Revoked, 2, false)]
    [InlineData(CredentialState.Revoked, 1, true)]
    [InlineData(CredentialState.Returned, 0, false)]
    [InlineData(CredentialState.Suspended, 0, false)]
    [InlineData(CredentialState.Suspended, 2, true)]
    [InlineData(CredentialState.Collected, 2, false)]
    [InlineData(CredentialState.Collected, 0, true)]
    [InlineData(CredentialState.Collected, 1, true)] // a copy on a lost phone ends before its record
    public async Task Attack_a_record_says_of_its_status_what_the_signed_list_does_not(CredentialState state, byte status, bool good)
    {
        var file = await File([Lines()[0], List(1, (3, status)), Record("one", state), Copy("one", 3)]);

        if (good) Assert.IsType<HandOverLine.End>((await Read(file))[^1]);
        else await Refused("a record and the status list contradict each other", file);
    }

    [Fact]
    public async Task The_log_in_a_file_has_the_root_that_everybody_computes_and_tells_which_records_are_in_it()
    {
        for (byte size = 1; size <= 9; size++)
        {
            var (check, entries) = (new HandOverCheck(), Enumerable.Range(0, size).Select(n => (byte)n).ToArray());
            HandOverLine[] lines = [.. Lines()[..6], new HandOverLine.Log("college.example/log", size, 17), Logged(entries[..(size / 2 + 1)]), .. size > 1 && size / 2 + 1 < size ? [Logged(entries[(size / 2 + 1)..])] : Array.Empty<HandOverLine>()];
            Assert.IsType<HandOverLine.End>((await Read(await File(lines), check: check))[^1]);

            Assert.Equal(MerkleTree.Root([.. entries.Select(n => MerkleTree.LeafHash(SHA256.HashData([n])))]), check.Root());
            Assert.Equal(new[] { "one", "two" }[..(size <= 5 ? 0 : size == 6 ? 1 : 2)], check.Recorded.Order());
            // Of each copy by itself, and of its place.
            Assert.Equal(lines.OfType<HandOverLine.Copy>().Select(c => entries.Any(n => SHA256.HashData([n]).AsSpan().SequenceEqual(c.Entry))), lines.OfType<HandOverLine.Copy>().Select(c => check.RecordedCopies.TryGetValue(c.List, out var bits) && bits[c.Index]));
        }
    }

    [Theory]
    [InlineData("{\"t\":\"grade\"}", "a type that is not known here")]
    [InlineData("{}", "a type that is not known here")]
    [InlineData("[]", "no JSON object")]
    [InlineData("", "no JSON object")]
    [InlineData("{\"t\":\"copy\",\"t\":\"copy\"}", "no JSON object")]
    [InlineData("{\"t\":\"anchor\",\"record\":\"one\"}", "type anchor is not as it should be")]
    [InlineData("""{"t":"anchor","record":"two","tag":"ttttttttttttttttttttttttttttttttttttttttttt","secret_hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","set":"2026-11-23T10:00:00.000000Z","more":1}""", "type anchor is not as it should be")]
    [InlineData("""{"t":"anchor","record":"two","tag":"ttttttttttttttttttttttttttttttttttttttttttt","secret_hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","set":"2026-11-23T10:00:00Z"}""", "type anchor is not as it should be")]
    [InlineData("""{"t":"anchor","record":"two","tag":"ttttttttttttttttttttttttttttttttttttttttttt","secret_hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","set":"2026-11-23T10:00:00.000000Z","until":7}""", "type anchor is not as it should be")]
    [InlineData("""{"t":"record","id":"x","type":"qualification","reference":"r","name":"n","claims":{},"state":"Blessed","created":"2026-11-23T10:00:00.000000Z"}""", "type record is not as it should be")]
    [InlineData("""{"t":"record","id":"a/b","type":"qualification","reference":"r","name":"n","claims":{},"state":"Collected","created":"2026-11-23T10:00:00.000000Z"}""", "type record is not as it should be")]
    [InlineData("""{"t":"record","id":"..","type":"qualification","reference":"r","name":"n","claims":{},"state":"Collected","created":"2026-11-23T10:00:00.000000Z"}""", "type record is not as it should be")]
    [InlineData("""{"t":"record","id":"a\r\nb","type":"qualification","reference":"r","name":"n","claims":{},"state":"Collected","created":"2026-11-23T10:00:00.000000Z"}""", "type record is not as it should be")]
    [InlineData("""{"t":"entries","hashes":"AAAA"}""", "type entries is not as it should be")]
    [InlineData("""{"t":"copy","record":"one","list":1,"index":-1,"entry":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","format":"f","holder":"h","issued":"2026-11-23T10:00:00.000000Z"}""", "type copy is not as it should be")]
    [InlineData("""{"t":"copy","record":"one","list":1,"index":9,"entry":"AAAA","format":"f","holder":"h","issued":"2026-11-23T10:00:00.000000Z"}""", "type copy is not as it should be")]
    public async Task Attack_a_line_that_is_not_as_it_should_be(string line, string why) => await Refused(why, await Forged(line));

    [Fact]
    public async Task Attack_a_line_without_end() => await Refused("too long or has no end", await Forged(new string(' ', HandOverLine.MaxBytes)));
}
