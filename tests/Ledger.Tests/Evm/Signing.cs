using System.Numerics;
using Identity.Ledger.Evm;

namespace Identity.Ledger.Tests.Evm;

public sealed class Signing
{
    private static readonly byte[] EipKey = Convert.FromHexString(string.Concat(Enumerable.Repeat("46", 32)));

    // EIP-155, "Example".
    private const string Eip155Signed = "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83";

    private static readonly BigInteger Eip155R = Number("28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276");
    private static readonly BigInteger Eip155S = Number("67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83");

    private static readonly EvmTransaction Eip155 = new(1, 9, 21000, Address.Parse("0x3535353535353535353535353535353535353535"),
        BigInteger.Pow(10, 18), [], new EvmFee.Legacy(20 * BigInteger.Pow(10, 9)));

    [Fact]
    public void The_example_of_eip_155_has_its_signing_hash() =>
        Assert.Equal("daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53", Convert.ToHexStringLower(Eip155.SigningHash()));

    [Fact]
    public void The_example_of_eip_155_is_read_and_written_byte_for_byte()
    {
        Assert.True(SignedTransaction.TryParse(Convert.FromHexString(Eip155Signed), 1, out var signed, out var reason), reason);

        Assert.Equal("0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F", signed.Sender.ToString());
        Assert.Equal(Eip155.SigningHash(), signed.Transaction.SigningHash());
        Assert.Equal(Eip155Signed, Convert.ToHexStringLower(Eip155.Encode(new EvmSignature(Eip155R, Eip155S, 0))));
    }

    [Fact]
    public void The_key_of_eip_155_has_its_address_and_signs_as_it()
    {
        using var account = EvmAccount.FromPrivateKey(EipKey);

        var signed = Eip155.Sign(account);

        Assert.Equal("0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F", account.Address.ToString());
        Assert.True(SignedTransaction.TryParse(signed.Raw, 1, out var read, out var reason), reason);
        Assert.Equal((signed.Hash, account.Address), (read.Hash, read.Sender));
    }

    // Published EIP-1559 transactions (ethereumjs, packages/tx/test/json/eip1559.json; chain 7822), the string prefix taken off.
    [Theory]
    [InlineData(819, 43203529, 35552, 75853, 121212, "02f870821e8e8203338301284d8301d97c828ae094000000000000000000000000000000000000aaaa8402933bc980c080a0d067f2167008c59219652f91cbf8788dbca5f771f6e91e2b7657e85b78b472e0a01d305af9fe81fdba43f0dfcd400ed24dcace0a7e30d4e85701dcaaf484cd079e")]
    [InlineData(353, 61901619, 32593, 38850, 136295, "02f86f821e8e8201618297c283021467827f5194000000000000000000000000000000000000aaaa8403b08b3380c001a004205678f13fc1d7b10feea6513dfa76e24418b6e08097d95c6f93a3b64e536da01d45ad61bfece43862de2cce7d2575a8c1d08c26c87f3cb5f26d7b0be54a91b2")]
    public void A_published_eip_1559_transaction_is_read_and_written_byte_for_byte(int nonce, int value, int gas, int priority, int max, string raw)
    {
        using var account = EvmAccount.FromPrivateKey(Convert.FromHexString("8f2a55949038a9610f50fb23b5883af3b4ecb3c3bb792cbcefbd1542c692be63"));

        Assert.True(SignedTransaction.TryParse(Convert.FromHexString(raw), 7822, out var signed, out var reason), reason);

        var expected = new EvmTransaction(7822, (ulong)nonce, (ulong)gas, Address.Parse("0x000000000000000000000000000000000000aaaa"), value, [], new EvmFee.Dynamic(priority, max));
        Assert.Equal(account.Address, signed.Sender);
        Assert.Equal(expected.SigningHash(), signed.Transaction.SigningHash());
        Assert.Equal(expected with { Data = signed.Transaction.Data }, signed.Transaction);
        var again = Convert.FromHexString(raw).AsSpan();
        var parity = raw.Contains("80c080a0", StringComparison.Ordinal) ? 0 : 1;
        Assert.Equal(raw, Convert.ToHexStringLower(expected.Encode(new EvmSignature(Secp256k1.Number(again[^65..^33]), Secp256k1.Number(again[^32..]), parity))));
    }

    [Fact]
    public void An_eip_1559_transaction_is_read_back()
    {
        using var account = EvmAccount.Create();
        var transaction = new EvmTransaction(31337, 3, 100_000, null, 0, [1, 2, 3], new EvmFee.Dynamic(1, 2_000_000_000));

        var signed = transaction.Sign(account);

        Assert.Equal(0x02, signed.Raw[0]);
        Assert.True(SignedTransaction.TryParse(signed.Raw, 31337, out var read, out var reason), reason);
        Assert.Equal(account.Address, read.Sender);
        Assert.Equal(transaction.SigningHash(), read.Transaction.SigningHash());
    }

    // RFC 6979's method over secp256k1, published for the key 1 and the text "Satoshi Nakamoto" (SHA-256).
    [Fact]
    public void A_published_signature_recovers_to_its_key()
    {
        var hash = System.Security.Cryptography.SHA256.HashData("Satoshi Nakamoto"u8);
        var r = Number("934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8");
        var s = Number("2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5");
        using var one = EvmAccount.FromPrivateKey([.. new byte[31], 1]);

        Assert.Equal("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf", one.Address.ToString());
        Assert.Contains(new[] { 0, 1 }, parity => new EvmSignature(r, s, parity).TryRecover(hash, out var signer) && signer == one.Address);
    }

    [Fact]
    public void A_hundred_signatures_are_low_and_recover_to_their_account()
    {
        using var account = EvmAccount.Create();
        for (var i = 0; i < 100; i++)
        {
            var hash = Keccak256.Hash([(byte)i]);
            var signature = account.Sign(hash);

            Assert.True(signature.S <= Secp256k1.HalfN);
            Assert.True(signature.TryRecover(hash, out var signer));
            Assert.Equal(account.Address, signer);
        }
    }

    [Fact]
    public void Attack_a_turned_high_s_signature_is_refused()
    {
        Assert.True(SignedTransaction.TryParse(Convert.FromHexString(Eip155Signed), 1, out _, out _));
        var turned = Eip155.Encode(new EvmSignature(Eip155R, Secp256k1.N - Eip155S, 1));

        Assert.False(SignedTransaction.TryParse(turned, 1, out _, out var reason));
        Assert.Equal("the signature has a high s", reason);
    }

    [Fact]
    public void Attack_a_transaction_of_another_chain_is_refused()
    {
        Assert.False(SignedTransaction.TryParse(Convert.FromHexString(Eip155Signed), 2, out _, out var legacy));
        using var account = EvmAccount.Create();
        var dynamic = new EvmTransaction(5, 0, 21000, account.Address, 0, [], new EvmFee.Dynamic(0, 0)).Sign(account);
        Assert.False(SignedTransaction.TryParse(dynamic.Raw, 6, out _, out var typed));

        Assert.Contains("another chain", legacy, StringComparison.Ordinal);
        Assert.Contains("another chain", typed, StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_bytes_of_a_transaction_are_refused_without_a_fault()
    {
        var good = Convert.FromHexString(Eip155Signed);
        for (var length = 0; length < good.Length; length++) Assert.False(SignedTransaction.TryParse(good.AsSpan(0, length), 1, out _, out _));
        Assert.False(SignedTransaction.TryParse([.. good, 0], 1, out _, out _));
        Assert.False(SignedTransaction.TryParse([0x03, .. good], 1, out _, out _));
        Assert.False(SignedTransaction.TryParse(Rlp.Encode(RlpItem.List(Enumerable.Repeat(RlpItem.List(), 9).ToArray())), 1, out _, out _));
        Assert.False(SignedTransaction.TryParse(new byte[200_000], 1, out _, out _));
    }

    [Theory]
    [InlineData("00")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")] // the order itself
    public void A_number_that_is_no_private_key_is_refused(string hex) =>
        Assert.Throws<ArgumentException>(() => EvmAccount.FromPrivateKey(Convert.FromHexString(hex)));

    [Fact]
    public void A_key_file_belongs_to_its_owner_alone_and_is_never_overwritten()
    {
        var folder = Directory.CreateTempSubdirectory("evm").FullName;
        var file = Path.Combine(folder, "keys", "operator.pem");

        using var made = EvmAccount.CreateFile(file);
        using var read = EvmAccount.LoadFile(file);

        Assert.Equal(made.Address, read.Address);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Throws<IOException>(() => EvmAccount.CreateFile(file));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_file_without_a_ledger_key_is_named_and_not_quoted()
    {
        var file = Path.GetTempFileName();
        using var other = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        File.WriteAllText(file, other.ExportPkcs8PrivateKeyPem());

        var wrongCurve = Assert.Throws<InvalidOperationException>(() => EvmAccount.LoadFile(file));
        File.WriteAllText(file, "my secret");
        var noPem = Assert.Throws<InvalidOperationException>(() => EvmAccount.LoadFile(file));
        File.Delete(file);
        var missing = Assert.Throws<InvalidOperationException>(() => EvmAccount.LoadFile(file));

        Assert.Contains(file, wrongCurve.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", noPem.ToString(), StringComparison.Ordinal);
        Assert.Contains("does not exist", missing.Message, StringComparison.Ordinal);
    }

    private static BigInteger Number(string hex) => Secp256k1.Number(Convert.FromHexString(hex));
}
