using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Jose;

namespace Identity.Issuer.Offers;

/// <summary>
/// Derives the codes of an offer from its random id and a secret of this service, so that neither is stored and both can be shown
/// again to staff. HMAC-SHA256, one label for each purpose.
/// </summary>
public sealed class OfferSecrets(byte[] secret)
{
    /// <summary>Digits of a transaction code.</summary>
    public const int TxCodeLength = 6;

    /// <summary>The pre-authorized code: 43 base64url characters.</summary>
    public string Code(string offerId) => Base64Url.Encode(Derive("code", offerId));

    /// <summary>The transaction code: six digits. The bias of the remainder is below 2^-43.</summary>
    public string TxCode(string offerId) => (BinaryPrimitives.ReadUInt64BigEndian(Derive("tx_code", offerId)) % 1_000_000).ToString("D6", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Compares in constant time.</summary>
    public bool IsTxCode(string offerId, string candidate) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(TxCode(offerId)), Encoding.UTF8.GetBytes(candidate));

    /// <summary>
    /// The <c>issuer_state</c> of an offer: the stored hash of its code, authenticated. It names the offer and opens nothing.
    /// </summary>
    public string IssuerState(string offerId)
    {
        var hash = Hash(Code(offerId));
        return Base64Url.Encode([.. hash, .. StateMac(hash)]);
    }

    /// <summary>The hash of the code of the offer that an <c>issuer_state</c> names, or null where this service did not make it.</summary>
    public byte[]? CodeHashOf(string issuerState)
    {
        if (!Base64Url.TryDecode(issuerState, out var bytes) || bytes.Length != 48) return null;
        return CryptographicOperations.FixedTimeEquals(StateMac(bytes[..32]), bytes.AsSpan(32)) ? bytes[..32] : null;
    }

    /// <summary>A name for something that belongs to an offer, the same each time it is asked for: 43 base64url characters.</summary>
    public string Handle(string purpose, params string[] parts) => Base64Url.Encode(Derive(purpose, string.Join('\n', parts)));

    /// <summary>What is stored of a code.</summary>
    public static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));

    private byte[] StateMac(byte[] codeHash) => Derive("issuer_state", Base64Url.Encode(codeHash))[..16];

    private byte[] Derive(string purpose, string offerId) => HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes($"{purpose}\n{offerId}"));
}
