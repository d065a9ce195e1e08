using Identity.Credentials.Jose;
using Identity.Credentials.Recovery;

namespace Identity.Credentials.Tests.Recovery;

public sealed class RecoveryCodeTests
{
    private const string Issuer = "https://issuer.example/college";

    [Fact]
    public void What_follows_from_a_code_is_the_same_as_in_TypeScript()
    {
        var code = new RecoveryCode([.. Enumerable.Range(0, 16).Select(i => (byte)i)]);

        Assert.Equal("IDR:000102030405060708090A0B0C0D0E0F", code.QrText);
        Assert.Equal("OlmOEpFNso9T4CIdMAoyjrmbScnn6zYNpv-fyMTxn9I", code.ListId);
        Assert.Equal("ydHDfOdNiykr5cabBJ3mzKbgloAvS6RSB3Zbk9EaRrk", Base64Url.Encode(code.ListToken()));
        Assert.Equal("_ZEE2dj3npmWVRkuCNdvE5OlDZ5Zqh4_GIqSLG7ReIw", Base64Url.Encode(code.IssuerSecret(Issuer)));
        Assert.Equal("q7g_26LcdTx8tGn9yM6XNEiO0LWEnujqThZBTDfsSlM", code.TagFor(Issuer));
    }

    [Theory]
    [InlineData("IDR:")]
    [InlineData("IDR:000102030405060708090a0b0c0d0e0f")]
    [InlineData("IDR:000102030405060708090A0B0C0D0E0F ")]
    [InlineData("IDC:000102030405060708090A0B0C0D0E0F")]
    public void Only_the_exact_text_of_a_sheet_is_one(string text) => Assert.False(RecoveryCode.TryReadQr(text, out _));

    [Fact]
    public void An_attestation_reads_back_and_any_change_of_it_does_not()
    {
        using var key = Es256Key.Create();
        var now = DateTimeOffset.UnixEpoch.AddYears(57);
        var made = new RecoveryAttestation("https://wallet.example", Issuer, new string('a', 22), new string('t', 43), ["desk", "sheet"], now, now, now.AddMinutes(10), new string('k', 43),
            "union", "7KQ2M4XD", "staff-name", new DocumentRead(["AMINA NOOR"], "1990-05").Hash());
        var jwt = made.Sign(key);
        IReadOnlyCollection<string> Signers(string service) => service == "https://wallet.example" ? [key.PublicKey.ThumbprintText()] : [];

        Assert.True(RecoveryAttestation.TryRead(jwt, Signers, out var read, out var reason), reason);
        Assert.Equal(made with { Proofs = read.Proofs, Document = read.Document }, read);
        Assert.Equal(made.Proofs, read.Proofs);
        Assert.Equal(made.Document!.ToJson().ToJsonString(), read.Document!.ToJson().ToJsonString());
        foreach (var change in new Func<RecoveryAttestation, RecoveryAttestation>[]
        {
            a => a with { Issuer = "https://other.example" }, a => a with { Proofs = ["sheet", "sheet"] }, a => a with { Proofs = ["contact", "sheet"] }, a => a with { Tag = "short" }, a => a with { NewKey = "short" }, a => a with { Id = "short" },
            // A desk says what it read, and nobody else does.
            a => a with { Document = null }, a => a with { Document = a.Document! with { Key = [1] } }, a => a with { Document = a.Document! with { Names = [[]] } }, a => a with { Proofs = ["sheet", "contact"] },
        })
            Assert.False(RecoveryAttestation.TryRead(change(made).Sign(key), Signers, out _, out _));
        using var stranger = Es256Key.Create();
        Assert.False(RecoveryAttestation.TryRead(made.Sign(stranger), Signers, out _, out _));
        Assert.False(RecoveryAttestation.TryRead(jwt[..^4] + "AAAA", Signers, out _, out _));
    }
}
