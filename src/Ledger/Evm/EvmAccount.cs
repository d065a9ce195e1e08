namespace Identity.Ledger.Evm;

/// <summary>A secp256k1 key pair that signs transactions. Never prints its private key.</summary>
public sealed class EvmAccount : IDisposable
{
    /// <summary>Who it is on the chain.</summary>
    public Address Address => throw new NotImplementedException();

    /// <summary>A new random account.</summary>
    public static EvmAccount Create() => throw new NotImplementedException();

    /// <summary>The account of a 32-byte private key.</summary>
    public static EvmAccount FromPrivateKey(ReadOnlySpan<byte> key) => throw new NotImplementedException();

    /// <summary>Makes a new account and writes it to a new PKCS #8 PEM file that only its owner can read.</summary>
    public static EvmAccount CreateFile(string path) => throw new NotImplementedException();

    /// <summary>Reads the account of a PKCS #8 PEM file.</summary>
    /// <exception cref="InvalidOperationException">The file is missing or holds no secp256k1 key; the message says which.</exception>
    public static EvmAccount LoadFile(string path) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
