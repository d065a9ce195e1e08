using Identity.Hosting.Hsm;

namespace Identity.Ledger.Evm;

/// <summary>
/// Where an account's key is: <c>file:PATH</c> or a path alone (PKCS #8 PEM), <c>env:NAME</c> (PEM, or 64 hexadecimal digits; the variable is taken out of this process's
/// environment once it is read), or <c>pkcs11:…</c> (RFC 7512), a key that never leaves its token.
/// </summary>
public static class AccountSource
{
    /// <exception cref="InvalidOperationException">There is no such key, or it is not on secp256k1; the message says which, and repeats no secret.</exception>
    public static IEvmSigner Open(string source)
    {
        if (Pkcs11Uri.IsOne(source)) return OpenToken(source);
        if (source.StartsWith("env:", StringComparison.Ordinal)) return OpenVariable(source[4..]);
        return EvmAccount.LoadFile(source.StartsWith("file:", StringComparison.Ordinal) ? source[5..] : source);
    }

    private static HsmAccount OpenToken(string source) => Pkcs11Uri.TryParse(source, out var uri, out var reason)
        ? new HsmAccount(HsmKey.Open(uri, Secp256k1.Curve.Oid.Value!, "secp256k1"))
        : throw new InvalidOperationException($"The PKCS #11 address of the account's key cannot be used: {reason}.");

    private static EvmAccount OpenVariable(string name)
    {
        var text = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, null); // a child process and a dump of the environment have no use for it
        if (string.IsNullOrWhiteSpace(text)) throw new InvalidOperationException($"The environment variable {name} holds no key.");
        var hex = text.Trim();
        try
        {
            return hex.StartsWith("-----", StringComparison.Ordinal) ? EvmAccount.FromPem(hex) : EvmAccount.FromPrivateKey(Convert.FromHexString(hex.StartsWith("0x", StringComparison.Ordinal) ? hex[2..] : hex));
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new InvalidOperationException($"The environment variable {name} holds no secp256k1 private key: PKCS #8 PEM, or 64 hexadecimal digits."); // what was read is not repeated
        }
    }

    /// <summary>An account whose key is in a token.</summary>
    private sealed class HsmAccount(HsmKey key) : IEvmSigner
    {
        public Address Address { get; } = EvmAccount.AddressOf([.. key.Point.X!, .. key.Point.Y!]);

        public EvmSignature Sign(ReadOnlySpan<byte> hash)
        {
            if (hash.Length != 32) throw new ArgumentException("A hash has 32 bytes.", nameof(hash));
            // A signature whose recovery is out of range is as rare as they come; three in a row are of another key.
            for (var attempt = 0; attempt < 3; attempt++)
            {
                if (EvmSignature.TryRead(key.SignHash(hash), hash, Address, out var signature)) return signature;
            }
            throw new HsmException($"The key in the token is not the one of {Address} any more.", passing: false);
        }

        public void Dispose() => key.Dispose();

        public override string ToString() => Address.ToString();
    }
}
