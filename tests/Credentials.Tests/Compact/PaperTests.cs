using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Identity.Credentials.Compact;
using Identity.Credentials.Cose;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;

namespace Identity.Credentials.Tests.Compact;

public sealed class PaperTests
{
    private static readonly TypeDefinition Qualification = TypeDefinition.Find("qualification")!;

    [Fact]
    public void A_paper_is_printed_read_and_verified()
    {
        var paper = Issue();

        Assert.True(CompactPaper.TryParse(paper.Text, out var read, out var reason), reason);
        using var issuer = Fixed.Key("issuer");
        using var stranger = Fixed.Key("stranger");
        Assert.True(read.VerifyIssuer(Public(issuer)));
        Assert.False(read.VerifyIssuer(Public(stranger)));
        Assert.Equal("""{"holder_name":"Amina Okoye-Reyes","title":"Diploma in Welding Technology","level_eqf":4}""", read.Claims(Qualification).ToJsonString());
        Assert.Equal((Qualification.Vct, null, 1_907_000_000L, 3, 70_000), (read.Type, read.NotBefore, read.Expires!.Value, read.List, read.Index));
        Assert.Equal(Entry.OfCose(paper.Encoded), read.LogEntry);
        Assert.Equal(paper.Salt, read.Salt);
    }

    [Fact]
    public void A_paper_of_ordinary_claims_fits_a_code_that_survives_a_stain()
    {
        var claims = new JsonObject
        {
            ["holder_name"] = "Amina Okoye-Reyes", ["holder_name_native"] = "أمينة أوكويي رييس", ["title"] = "Diploma in Welding Technology", ["kind"] = "vocational",
            ["occupation"] = "7212", ["level_eqf"] = 4, ["awarded_on"] = "2024-06-30",
        };

        Assert.InRange(Issue(claims).Encoded.Length, 200, CompactPaper.MaxIssued - 34);
        claims["original_issuer"] = new string('a', 64);
        Assert.InRange(Issue(claims).Encoded.Length, 234, CompactPaper.MaxIssued);
    }

    [Fact]
    public void What_is_larger_than_a_printed_code_or_no_claim_at_all_is_not_issued()
    {
        var size = Issue(new JsonObject { ["title"] = new string('x', 30) }).Encoded.Length - 30;

        Assert.Equal(CompactPaper.MaxIssued, Issue(new JsonObject { ["title"] = new string('x', CompactPaper.MaxIssued - size - 1) }).Encoded.Length);
        Assert.Throws<ArgumentException>(() => Issue(new JsonObject { ["title"] = new string('x', CompactPaper.MaxIssued - size) }));
        Assert.Throws<ArgumentException>(() => Issue(new JsonObject { ["awarding_body"] = "has no place in the QR" }));
        Assert.Throws<ArgumentException>(() => Issue(new JsonObject { ["level_eqf"] = 1.5 }));
    }

    [Fact]
    public void In_whose_place_it_is_issued_costs_34_bytes_and_stands_beside_the_claims()
    {
        var (plain, named) = (new JsonObject { ["holder_name"] = "Amina" }, new JsonObject { ["holder_name"] = "Amina", ["original_issuer"] = new string('a', 64) });

        Assert.Equal(CompactPaper.SizeOf(Qualification, plain) + 34, CompactPaper.SizeOf(Qualification, named));
        Assert.Equal(Issue(plain).Encoded.Length + 34, Issue(named).Encoded.Length);
        Assert.True(CompactPaper.TryParse(Issue(named).Text, out var read, out var reason), reason);
        Assert.Equal(named.ToJsonString(), read.Claims(Qualification).ToJsonString());
        Assert.Null(Issue(plain).OriginalIssuer);
        foreach (var no in new JsonNode[] { "Old Harbour School", new string('A', 64), new string('a', 63), 5 })
            Assert.Throws<ArgumentException>(() => Issue(new JsonObject { ["holder_name"] = "Amina", ["original_issuer"] = no.DeepClone() }));
    }

    [Fact]
    public void Two_papers_of_the_same_claims_share_no_entry() => Assert.NotEqual(Issue(salt: "a").LogEntry, Issue(salt: "b").LogEntry);

    [Fact]
    public void Ten_thousand_papers_with_a_changed_byte_are_never_accepted_and_never_throw()
    {
        var good = Issue().Encoded;
        using var issuer = Fixed.Key("issuer");
        var key = Public(issuer);
        var random = new System.Random(20261101);
        for (var round = 0; round < 10_000; round++)
        {
            var bent = (byte[])good.Clone();
            for (var change = random.Next(1, 4); change > 0; change--) bent[random.Next(bent.Length)] ^= (byte)random.Next(1, 256);
            if (round % 5 == 0) bent = bent[..random.Next(bent.Length)];
            if (bent.AsSpan().SequenceEqual(good)) continue;
            if (CompactPaper.TryParse("IDD:" + Base45.Encode(bent), out var read, out var reason)) Assert.False(read.VerifyIssuer(key));
            else Assert.NotEqual("", reason);
        }
    }

    [Fact]
    public void Any_text_and_any_bytes_are_read_or_refused_but_never_throw()
    {
        Prop.ForAll<string?>(text => { CompactPaper.TryParse(text, out _, out _); CompactPaper.TryParse("IDD:" + text, out _, out _); }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20261122, 1));
        Prop.ForAll<byte[]>(bytes => { CompactPaper.TryParse("IDD:" + Base45.Encode(bytes), out _, out _); }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20261122, 1));
    }

    private static CompactPaper Issue(JsonObject? claims = null, string salt = "paper") => CompactPaper.Issue(
        Qualification, claims ?? new JsonObject { ["holder_name"] = "Amina Okoye-Reyes", ["title"] = "Diploma in Welding Technology", ["level_eqf"] = 4 }, null, 1_907_000_000, 3, 70_000, Fixed.Key("issuer"), Fixed.Random(salt));

    private static VerificationKey Public(Es256Key key) => VerificationKey.TryImport(key.PublicKey, out var read, out var reason) ? read : throw new InvalidOperationException(reason);
}
