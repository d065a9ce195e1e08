using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.TestKit;
using Xunit.Abstractions;

namespace Identity.Credentials.Tests.StatusList;

public sealed class StatusListTests(ITestOutputHelper output)
{
    private const string Uri = "http://localhost:5001/port-selin/status/1";
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    // draft-ietf-oauth-status-list, "Compressed Byte Array": bits, bytes, lst, values.
    [Theory]
    [InlineData(1, "b9a3", "eNrbuRgAAhcBXQ", "1001110111000101")]
    [InlineData(2, "c944f9", "eNo76fITAAPfAgc", "120301011233")]
    public void The_drafts_examples_encode_to_the_same_bytes_and_back(int bits, string hex, string lst, string values)
    {
        var list = new StatusArray(bits, values.Length);
        for (var i = 0; i < values.Length; i++) list.Set(i, (byte)(values[i] - '0'));

        Assert.Equal(hex, Convert.ToHexStringLower(list.Bytes));
        Assert.Equal(lst, list.Encode());
        Assert.True(StatusArray.TryDecode(lst, bits, values.Length, out var again, out var reason), reason);
        Assert.Equal(values, string.Concat(Enumerable.Range(0, again.Length).Select(i => again.Get(i))));
    }

    [Fact]
    public void Packed_from_the_wrong_end_the_drafts_example_reads_differently()
    {
        // Most significant bit first, as the W3C's list would have it, entry 1 of b9 would be 0 and entry 2 would be 1.
        Assert.True(StatusArray.TryDecode("eNrbuRgAAhcBXQ", 1, 16, out var list, out _));
        Assert.Equal([1, 0, 0], new[] { list.Get(0), list.Get(1), list.Get(2) }.Select(v => (int)v));
    }

    [Fact]
    public void The_million_entry_vectors_hold_the_statuses_they_should()
    {
        if (Checkout.SharedVector("status-list/status-list.json") is not { } file) { output.WriteLine("absent: status-list/status-list.json"); return; }
        var vectors = JsonNode.Parse(File.ReadAllText(file))!["large"]!.AsArray();
        Assert.Equal(4, vectors.Count);
        foreach (var vector in vectors)
        {
            var bits = (int)vector!["bits"]!;
            var size = (int)vector["size"]!;
            var expected = new byte[size];
            foreach (var status in vector["statuses"]!.AsArray()) expected[(int)status![0]!] = (byte)(int)status[1]!;

            Assert.True(StatusArray.TryDecode((string)vector["lst"]!, bits, size, out var list, out var reason), reason);
            Assert.Equal(size, list.Length);
            var actual = new byte[size];
            for (var i = 0; i < size; i++) actual[i] = list.Get(i);
            Assert.Equal(expected, actual);
            Assert.False(StatusArray.TryDecode((string)vector["lst"]!, bits, size - 8, out _, out _)); // one byte over the cap
        }
    }

    [Fact]
    public void The_drafts_token_is_read()
    {
        if (Checkout.SharedVector("status-list/status-list.json") is not { } file) { output.WriteLine("absent: status-list/status-list.json"); return; }

        Assert.True(StatusListToken.TryParse((string)JsonNode.Parse(File.ReadAllText(file))!["tokenJwt"]!, out var token, out var reason), reason);
        Assert.Equal("https://example.com/statuslists/1", token.Uri);
        Assert.Equal(1, token.List.Get(0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Setting_one_entry_leaves_its_neighbours(int bits)
    {
        var list = new StatusArray(bits, 100);
        for (var i = 0; i < 100; i++) list.Set(i, (byte)((1 << bits) - 1));

        list.Set(50, 0);

        for (var i = 0; i < 100; i++) Assert.Equal(i == 50 ? 0 : (1 << bits) - 1, list.Get(i));
        Assert.Throws<ArgumentOutOfRangeException>(() => list.Set(-1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => list.Set(list.Length, 0));
        if (bits < 8) Assert.Throws<ArgumentOutOfRangeException>(() => list.Set(0, (byte)(1 << bits)));
    }

    [Fact]
    public void A_signed_list_is_read_and_verified()
    {
        using var issuer = Es256Key.Create();
        Assert.True(VerificationKey.TryImport(issuer.PublicKey, out var key, out _));
        var list = new StatusArray(2, 1000);
        list.Set(7, 2);

        Assert.True(StatusListToken.TryParse(Sign(issuer, list), out var token, out var reason), reason);

        Assert.True(token.Jws.Verify(key));
        Assert.Equal((Uri, Now, Now.AddHours(24), TimeSpan.FromMinutes(15)), (token.Uri, token.IssuedAt, token.Expires, token.TimeToLive));
        Assert.True(token.TryRead(new(Uri, 7), Now, TimeSpan.Zero, out var value, out _));
        Assert.Equal(StatusValue.Suspended, (StatusValue)value);
        Assert.True(token.TryRead(new(Uri, 8), Now, TimeSpan.Zero, out value, out _));
        Assert.Equal(StatusValue.Valid, (StatusValue)value);
    }

    [Fact]
    public void A_foreign_signer_or_a_flipped_bit_does_not_verify()
    {
        using var issuer = Es256Key.Create();
        using var attacker = Es256Key.Create();
        Assert.True(VerificationKey.TryImport(issuer.PublicKey, out var key, out _));

        Assert.True(StatusListToken.TryParse(Sign(attacker, new StatusArray(2, 100)), out var token, out _));
        Assert.False(token.Jws.Verify(key));
    }

    [Fact]
    public void A_list_cannot_answer_for_another_address_time_or_entry()
    {
        using var issuer = Es256Key.Create();
        Assert.True(StatusListToken.TryParse(Sign(issuer, new StatusArray(2, 1000)), out var token, out _));

        Assert.Equal("status_uri", Refused(new(Uri + "/", 7), Now));
        Assert.Equal("status_uri", Refused(new("http://localhost:5001/other/status/1", 7), Now));
        Assert.Equal("status_range", Refused(new(Uri, 1000), Now));
        Assert.Equal("status_range", Refused(new(Uri, int.MaxValue), Now));
        Assert.Equal("status_range", Refused(new(Uri, -1), Now));
        Assert.Equal("status_expired", Refused(new(Uri, 7), Now.AddHours(24).AddMinutes(2)));
        Assert.Equal("status_future", Refused(new(Uri, 7), Now.AddMinutes(-2)));

        string Refused(StatusReference reference, DateTimeOffset at) =>
            token.TryRead(reference, at, TimeSpan.FromMinutes(1), out _, out var reason) ? "" : reason;
    }

    [Theory]
    [InlineData("typ", "\"JWT\"")]
    [InlineData("typ", "\"dc+sd-jwt\"")]
    [InlineData("typ", null)]
    [InlineData("sub", null)]
    [InlineData("sub", "5")]
    [InlineData("iat", null)]
    [InlineData("iat", "\"now\"")]
    [InlineData("exp", "\"never\"")]
    [InlineData("exp", "1e300")]
    [InlineData("ttl", "0")]
    [InlineData("ttl", "-1")]
    [InlineData("ttl", "\"900\"")]
    [InlineData("ttl", "1.5")]
    [InlineData("ttl", "1e300")]
    [InlineData("status_list", null)]
    [InlineData("status_list", "[]")]
    [InlineData("status_list", """{"bits":3,"lst":"eNrbuRgAAhcBXQ"}""")]
    [InlineData("status_list", """{"bits":"2","lst":"eNrbuRgAAhcBXQ"}""")]
    [InlineData("status_list", """{"lst":"eNrbuRgAAhcBXQ"}""")]
    [InlineData("status_list", """{"bits":1}""")]
    [InlineData("status_list", """{"bits":1,"lst":"eNrbuRgAAhcBXQ=="}""")]
    [InlineData("status_list", """{"bits":1,"lst":"eNrbuRgAAhcB"}""")]
    [InlineData("status_list", """{"bits":1,"lst":"eNrbuRgAAhcBXQAA"}""")]
    [InlineData("status_list", """{"bits":1,"lst":"27kYAA"}""")] // raw deflate
    [InlineData("status_list", """{"bits":1,"lst":""}""")]
    public void A_token_with_one_thing_wrong_is_refused(string name, string? value)
    {
        using var issuer = Es256Key.Create();
        var header = new JsonObject { ["typ"] = "statuslist+jwt" };
        var payload = new JsonObject
        {
            ["sub"] = Uri, ["iat"] = 1_700_000_000, ["exp"] = 1_700_086_400, ["ttl"] = 900,
            ["status_list"] = JsonNode.Parse("""{"bits":1,"lst":"eNrbuRgAAhcBXQ"}"""),
        };
        Assert.True(StatusListToken.TryParse(Jws.Sign(header, payload, issuer), out _, out _));
        var changed = name == "typ" ? header : payload;
        changed.Remove(name);
        if (value is not null) changed[name] = JsonNode.Parse(value);

        Assert.False(StatusListToken.TryParse(Jws.Sign(header, payload, issuer), out _, out _));
    }

    [Fact]
    public void A_bomb_in_a_list_is_refused()
    {
        using var issuer = Es256Key.Create();

        var bomb = Sign(issuer, new StatusArray(8, 64 << 20));

        Assert.False(StatusListToken.TryParse(bomb, out _, out var reason));
        Assert.Equal("inflates to more than allowed", reason);
    }

    [Theory]
    [InlineData(900, 86_400, 900)]
    [InlineData(1, 86_400, 60)]                 // no asking again every second
    [InlineData(315_360_000, 864_000, 43_200)]  // nor only in ten years
    [InlineData(900, 300, 300)]
    [InlineData(null, 864_000, 43_200)]
    public void A_copy_is_fresh_for_a_sane_time(int? ttl, int exp, int expected)
    {
        using var issuer = Es256Key.Create();
        var text = StatusListToken.Sign(Uri, Now, Now.AddSeconds(exp), ttl is { } s ? TimeSpan.FromSeconds(s) : null, new StatusArray(2, 100), issuer);
        Assert.True(StatusListToken.TryParse(text, out var token, out _));

        Assert.Equal(Now.AddSeconds(expected), token.FreshUntil(Now, TimeSpan.FromMinutes(1), TimeSpan.FromHours(12)));
    }

    [Fact]
    public void A_final_list_never_expires()
    {
        using var issuer = Es256Key.Create();
        Assert.True(StatusListToken.TryParse(StatusListToken.Sign(Uri, Now, null, null, new StatusArray(2, 100), issuer), out var token, out _));

        Assert.True(token.TryRead(new(Uri, 3), Now.AddYears(10), TimeSpan.Zero, out _, out _));
    }

    private static string Sign(ISigner signer, StatusArray list) => StatusListToken.Sign(Uri, Now, Now.AddHours(24), TimeSpan.FromMinutes(15), list, signer);
}
