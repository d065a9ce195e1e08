using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Recovery;

/// <summary>
/// The 128 bits on a recovery sheet and what follows from them by HKDF-SHA256 (docs/recovery.md). They are no key of a holder: they find and open a list
/// of issuers, and prove to each issuer apart that the sheet is at hand. Alone they move no credential.
/// </summary>
public sealed class RecoveryCode
{
    /// <summary>Bytes of the code.</summary>
    public const int Length = 16;

    /// <summary>How the text in the sheet's QR begins; 32 hexadecimal capitals follow.</summary>
    public const string QrPrefix = "IDR:";

    private readonly byte[] _code;

    /// <summary>Takes 16 bytes.</summary>
    /// <exception cref="ArgumentException">Another length.</exception>
    public RecoveryCode(ReadOnlySpan<byte> code)
    {
        if (code.Length != Length) throw new ArgumentException($"A recovery code has {Length} bytes.", nameof(code));
        _code = code.ToArray();
    }

    /// <summary>The text of the sheet's QR.</summary>
    public string QrText => QrPrefix + Convert.ToHexString(_code);

    /// <summary>Where the list is kept, 43 characters.</summary>
    public string ListId => Base64Url.Encode(Derive("list id"));

    /// <summary>AES-256-GCM key of the list.</summary>
    public byte[] ListKey() => Derive("list key");

    /// <summary>Reads the list at the Wallet service and begins a recovery there; the service keeps its SHA-256.</summary>
    public byte[] ListToken() => Derive("list token");

    /// <summary>32 bytes for one issuer, which keeps their SHA-256.</summary>
    /// <param name="issuer">The issuer identifier, exactly as in its metadata.</param>
    public byte[] IssuerSecret(string issuer) => Derive("issuer " + issuer);

    /// <summary>What an issuer keeps to know whose recovery an attestation is about. The Wallet service can compute it, the issuer cannot turn it back into the list's id.</summary>
    public string TagFor(string issuer) => TagOf(ListId, issuer);

    /// <summary>SHA-256 over a fixed text, the list id and the issuer identifier, base64url.</summary>
    public static string TagOf(string listId, string issuer) => Base64Url.Encode(SHA256.HashData(Encoding.UTF8.GetBytes($"identity-recovery tag\n{listId}\n{issuer}")));

    /// <summary>Reads the text of a sheet's QR.</summary>
    public static bool TryReadQr(string? text, out RecoveryCode? code)
    {
        code = null;
        if (text is null || text.Length != QrPrefix.Length + 2 * Length || !text.StartsWith(QrPrefix, StringComparison.Ordinal)) return false;
        var hex = text.AsSpan(QrPrefix.Length);
        if (hex.ContainsAnyExcept("0123456789ABCDEF")) return false;
        code = new RecoveryCode(Convert.FromHexString(hex));
        return true;
    }

    private byte[] Derive(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _code, 32, salt: [], info: Encoding.UTF8.GetBytes("identity-recovery " + purpose));
}
