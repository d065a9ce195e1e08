using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Identity.Credentials.Jose;
using Identity.Hosting;

namespace Identity.Wallet.Mandates;

/// <summary>The key that opens what a person keeps at a desk, and its name. Both come from what the person brings; nothing of it is stored.</summary>
/// <param name="Vault">Name of what it opens.</param>
/// <param name="Key">32 bytes.</param>
internal sealed record PersonsKey(string Vault, byte[] Key)
{
    /// <summary>Not the key.</summary>
    public override string ToString() => "key of a person";
}

/// <summary>
/// Makes those keys. The service's own 32 bytes (<c>desk.key</c> in the data folder) go into each: a thief of the database alone cannot even try PINs. They must
/// be kept with the database, and be the same for several copies of the service.
/// </summary>
internal sealed class PersonsKeys
{
    /// <summary>What a mandate card's code begins with.</summary>
    public const string CardPrefix = "IDM:";

    /// <summary>PBKDF2-HMAC-SHA-256.</summary>
    private const int Iterations = 600_000;

    private readonly byte[] _service;

    public PersonsKeys(string folder)
    {
        var file = Path.Combine(folder, "desk.key");
        if (!File.Exists(file)) PrivateFiles.Write(file, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        _service = Convert.FromBase64String(File.ReadAllText(file));
        if (_service.Length != 32) throw new InvalidOperationException($"{file} does not hold a key of 32 bytes.");
    }

    /// <summary>What stands in the database for two words.</summary>
    public byte[] HashOf(MandateWords words) => HMACSHA256.HashData(_service, Encoding.ASCII.GetBytes($"identity-mandate-words-v1 {words.First} {words.Second}"));

    /// <summary>From a PIN and the two words: some tenths of a second, whatever is looked up.</summary>
    public PersonsKey OfPin(MandateWords words, string pin, string vault, byte[] salt)
    {
        var secret = Encoding.UTF8.GetBytes($"{words.First} {words.Second} {pin}");
        var stretched = Rfc2898DeriveBytes.Pbkdf2(secret, salt, Iterations, HashAlgorithmName.SHA256, 32);
        return new PersonsKey(vault, Derive(stretched, _service, "identity-desk-vault-pin-v1"));
    }

    /// <summary>From the card's code; false for any other text.</summary>
    public bool TryCard(string? text, [NotNullWhen(true)] out PersonsKey? key)
    {
        key = null;
        text = text?.Trim();
        if (text is null || text.Length != CardPrefix.Length + 43 || !text.StartsWith(CardPrefix, StringComparison.Ordinal) || !Base64Url.TryDecode(text[CardPrefix.Length..], out var secret)) return false;
        key = new PersonsKey(Base64Url.Encode(Derive(secret, [], "identity-desk-vault-name-v1")), Derive(secret, _service, "identity-desk-vault-card-v1"));
        return true;
    }

    /// <summary>The code of a new card: 256 random bits.</summary>
    public static string NewCard() => CardPrefix + Base64Url.Encode(RandomNumberGenerator.GetBytes(32));

    /// <summary>A PIN has 6 to 12 digits, in whatever digits the person writes, and is no run and no repetition.</summary>
    public static bool TryPin(string? text, out string pin)
    {
        pin = string.Concat((text ?? "").Where(c => !char.IsWhiteSpace(c)).Select(c => char.IsDigit(c) ? ((int)char.GetNumericValue(c)).ToString(System.Globalization.CultureInfo.InvariantCulture) : "x"));
        if (pin.Length is < 6 or > 12 || pin.Contains('x', StringComparison.Ordinal)) return false;
        var steps = pin.Zip(pin.Skip(1), (a, b) => b - a).Distinct().ToList();
        return steps.Count > 1;
    }

    private static byte[] Derive(byte[] secret, byte[] salt, string what) => HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, salt, Encoding.ASCII.GetBytes(what));
}
