using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Security.Cryptography;

namespace Identity.Ledger.Evm;

/// <summary>A signature as the chain stores it: two numbers of 32 bytes and the parity of R's y.</summary>
public sealed record EvmSignature(BigInteger R, BigInteger S, int Parity)
{
    /// <summary>
    /// Who signed this 32-byte hash. Refuses a high s (EIP-2): whoever turns s around would make a second transaction
    /// hash for the same transaction.
    /// </summary>
    public bool TryRecover(ReadOnlySpan<byte> hash, [NotNullWhen(true)] out Address? signer)
    {
        signer = null;
        if (hash.Length != 32 || S > Secp256k1.HalfN || !Secp256k1.TryRecover(hash, R, S, Parity, out var key)) return false;
        signer = EvmAccount.AddressOf(key);
        return true;
    }

    /// <summary>From r ‖ s as whoever holds the key gives them: s is made low, and as nobody tells R's parity, both are tried.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> hash, Address expected, [NotNullWhen(true)] out EvmSignature? signature)
    {
        signature = null;
        if (bytes.Length != 64) return false;
        var (r, s) = (Secp256k1.Number(bytes[..32]), Secp256k1.Number(bytes[32..]));
        if (s > Secp256k1.HalfN) s = Secp256k1.N - s;
        for (var parity = 0; parity < 2 && signature is null; parity++)
            if (new EvmSignature(r, s, parity) is var candidate && candidate.TryRecover(hash, out var signer) && signer == expected) signature = candidate;
        return signature is not null;
    }
}

/// <summary>Whoever signs transactions for one account: a key in a file, or one that never leaves a token. Safe to use from several threads.</summary>
public interface IEvmSigner : IDisposable
{
    /// <summary>Who it is on the chain: the last 20 bytes of Keccak(x ‖ y).</summary>
    Address Address { get; }

    /// <summary>Signs a 32-byte hash with a low s.</summary>
    /// <exception cref="ArgumentException">It has another length.</exception>
    EvmSignature Sign(ReadOnlySpan<byte> hash);
}

/// <summary>A secp256k1 key pair that signs transactions. Never prints its private key.</summary>
public sealed class EvmAccount : IEvmSigner
{
    private readonly ECDsa _key;

    private EvmAccount(ECDsa key)
    {
        _key = key;
        var point = key.ExportParameters(false).Q;
        Address = AddressOf([.. point.X!, .. point.Y!]);
    }

    /// <inheritdoc/>
    public Address Address { get; }

    /// <summary>A new random account.</summary>
    public static EvmAccount Create() => new(ECDsa.Create(Secp256k1.Curve));

    /// <summary>The account of a 32-byte private key.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes, or not between 1 and the curve's order.</exception>
    public static EvmAccount FromPrivateKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != 32 || Secp256k1.Number(key) is var number && (number.IsZero || number >= Secp256k1.N))
            throw new ArgumentException("A secp256k1 private key is a number of 32 bytes below the curve's order.", nameof(key));
        return new(ECDsa.Create(new ECParameters { Curve = Secp256k1.Curve, D = key.ToArray() }));
    }

    /// <summary>Makes a new account and writes it to a new PKCS #8 PEM file that only its owner can read.</summary>
    /// <exception cref="IOException">The file exists or cannot be written.</exception>
    public static EvmAccount CreateFile(string path)
    {
        var account = Create();
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new StreamWriter(path, options);
        file.Write(account._key.ExportPkcs8PrivateKeyPem() + "\n");
        return account;
    }

    /// <summary>Reads the account of a PKCS #8 PEM file.</summary>
    /// <exception cref="InvalidOperationException">The file is missing or holds no secp256k1 key; the message says which.</exception>
    public static EvmAccount LoadFile(string path)
    {
        if (!File.Exists(path)) throw new InvalidOperationException($"The ledger account's key file {path} does not exist.");
        try
        {
            return FromPem(File.ReadAllText(path));
        }
        catch (ArgumentException)
        {
            throw new InvalidOperationException($"The file {path} holds no secp256k1 private key in PKCS #8 PEM form."); // what was read is not repeated, it may be a secret
        }
    }

    /// <summary>Reads a PKCS #8 PEM.</summary>
    /// <exception cref="ArgumentException">It holds no secp256k1 private key.</exception>
    internal static EvmAccount FromPem(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.ExportParameters(false).Curve.Oid.Value == Secp256k1.Curve.Oid.Value) return new(key);
        }
        catch (CryptographicException)
        {
            // Falls through.
        }
        catch
        {
            key.Dispose();
            throw;
        }
        key.Dispose();
        throw new ArgumentException("No secp256k1 private key.", nameof(pem));
    }

    /// <inheritdoc/>
    public EvmSignature Sign(ReadOnlySpan<byte> hash)
    {
        if (hash.Length != 32) throw new ArgumentException("A hash has 32 bytes.", nameof(hash));
        while (true)
        {
            if (EvmSignature.TryRead(_key.SignHash(hash.ToArray()), hash, Address, out var signature)) return signature;
            // R's x was above the order, once in 2^127 times: sign again.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    /// <summary>The address alone.</summary>
    public override string ToString() => Address.ToString();

    internal static Address AddressOf(ReadOnlySpan<byte> publicKey) => Address.FromBytes(Keccak256.Hash(publicKey).AsSpan(12));
}
