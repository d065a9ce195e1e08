using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.SdJwt;
using Identity.Credentials.Types;
using Identity.Wallet.Holder;

namespace Identity.Wallet.Mandates;

/// <summary>What a person keeps at a desk, in clear: only while the person is there.</summary>
/// <param name="Cards">Credentials with their one-time copies.</param>
/// <param name="Shown">To whom something was shown; the person's own diary, which the desk's log does not have.</param>
internal sealed record Vault(IReadOnlyList<KeptCard> Cards, IReadOnlyList<KeptShowing> Shown)
{
    private const int NonceSize = 12, TagSize = 16;

    /// <summary>Nothing yet.</summary>
    public static Vault Empty { get; } = new([], []);

    /// <summary>Encrypts it for its place: AES-256-GCM, the vault's name as associated data.</summary>
    public byte[] Seal(PersonsKey key)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web);
        var sealedBytes = new byte[NonceSize + plain.Length + TagSize];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, NonceSize));
        using var aes = new AesGcm(key.Key, TagSize);
        aes.Encrypt(sealedBytes.AsSpan(0, NonceSize), plain, sealedBytes.AsSpan(NonceSize, plain.Length), sealedBytes.AsSpan(NonceSize + plain.Length), Name(key));
        CryptographicOperations.ZeroMemory(plain);
        return sealedBytes;
    }

    /// <summary>Opens it; false for another key or changed bytes.</summary>
    public static bool TryOpen(byte[] content, PersonsKey key, [NotNullWhen(true)] out Vault? vault)
    {
        vault = null;
        if (content.Length < NonceSize + TagSize) return false;
        var plain = new byte[content.Length - NonceSize - TagSize];
        try
        {
            using var aes = new AesGcm(key.Key, TagSize);
            aes.Decrypt(content.AsSpan(0, NonceSize), content.AsSpan(NonceSize, plain.Length), content.AsSpan(NonceSize + plain.Length), plain, Name(key));
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        vault = JsonSerializer.Deserialize<Vault>(plain, JsonSerializerOptions.Web)!;
        CryptographicOperations.ZeroMemory(plain);
        return true;
    }

    /// <summary>The card of this id, or null.</summary>
    public KeptCard? Find(string? id) => Cards.FirstOrDefault(card => card.Id == id);

    /// <summary>With one copy of a card used once more.</summary>
    public Vault Used(string sdJwt) => this with { Cards = [.. Cards.Select(card => card with { Copies = [.. card.Copies.Select(copy => copy.SdJwt == sdJwt ? copy with { Uses = copy.Uses + 1 } : copy)] })] };

    /// <summary>Never what is in it.</summary>
    public override string ToString() => $"{Cards.Count} cards";

    private static byte[] Name(PersonsKey key) => Encoding.UTF8.GetBytes("identity-desk-vault-v1 " + key.Vault);
}

/// <summary>A credential that was received at a desk.</summary>
/// <param name="Id">Random.</param>
/// <param name="ReceivedAt">When.</param>
/// <param name="Copies">One-time copies, those least used first.</param>
/// <param name="Paper">The paper's text <c>IDD:…</c>, or null where the issuer gave none.</param>
internal sealed record KeptCard(string Id, DateTimeOffset ReceivedAt, IReadOnlyList<KeptCopy> Copies, string? Paper = null)
{
    /// <summary>The type.</summary>
    public string Vct => Copies[0].Vct;

    /// <summary>What is printed and what its code says, value by value; null where there is no paper.</summary>
    public CompactPaper? ReadPaper() => CompactPaper.TryParse(Paper, out var paper, out _) ? paper : null;

    /// <summary>Identifier of the issuer.</summary>
    public string Issuer => Copies[0].Issuer;

    /// <summary>What it says, in the order that people read it.</summary>
    public IReadOnlyList<(ClaimDefinition Claim, JsonNode Value)> Read() =>
        SdJwtVc.TryParse(Copies[0].SdJwt, out var credential, out _) && TypeDefinition.Find(Vct) is { } type
            ? [.. type.Claims.Where(claim => credential.Claims[claim.Name] is not null).Select(claim => (claim, credential.Claims[claim.Name]!))]
            : [];

    /// <summary>Of what was received in one collection: one card for each type.</summary>
    public static IEnumerable<KeptCard> Of(Reception.Received received, DateTimeOffset now) =>
        received.Copies.GroupBy(copy => copy.Vct).Select(group => new KeptCard(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)), now, [.. group.Select(KeptCopy.Of)], received.Papers.FirstOrDefault(paper => paper.Type == group.Key)?.Text));
}

/// <summary>One copy with the key that it is bound to.</summary>
/// <param name="Issuer">As in <see cref="CredentialCopy"/>.</param>
/// <param name="Vct">As there.</param>
/// <param name="Key">PKCS #8.</param>
/// <param name="SdJwt">As there.</param>
/// <param name="IssuerKey">JWK.</param>
/// <param name="Compact">The compact form, or null.</param>
/// <param name="Uses">How often it was shown.</param>
internal sealed record KeptCopy(string Issuer, string Vct, byte[] Key, string SdJwt, JsonObject IssuerKey, byte[]? Compact, int Uses)
{
    public static KeptCopy Of(CredentialCopy copy) =>
        new(copy.Issuer, copy.Vct, ((Es256Key)copy.Key).ToPkcs8(), copy.SdJwt, copy.IssuerKey.ToJson(), copy.Compact?.Encode(), 0);

    /// <summary>As the holder works with it.</summary>
    public CredentialCopy ToCopy()
    {
        if (!Jwk.TryParse(IssuerKey, out var issuerKey, out var reason)) throw new InvalidOperationException($"A kept copy has no key of its issuer: {reason}");
        CompactCredential? compact = null;
        if (Compact is not null && !CompactCredential.TryDecode(Compact, out compact, out reason)) throw new InvalidOperationException($"A kept copy cannot be read: {reason}");
        return new CredentialCopy(Issuer, Vct, Es256Key.FromPkcs8(Key), SdJwt, issuerKey, compact);
    }
}

/// <summary>Something was shown.</summary>
/// <param name="At">When.</param>
/// <param name="Who">Registered name of who asked.</param>
/// <param name="Purpose">What for, as registered, in the language of the person.</param>
/// <param name="What">Names of claims.</param>
internal sealed record KeptShowing(DateTimeOffset At, string Who, string Purpose, IReadOnlyList<string> What);
