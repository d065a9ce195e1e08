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

    /// <summary>What is stored of a code.</summary>
    public static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));

    private byte[] Derive(string purpose, string offerId) => HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes($"{purpose}\n{offerId}"));
}
