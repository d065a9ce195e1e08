using System.Diagnostics.CodeAnalysis;

namespace Identity.Ledger.Registry;

/// <summary>What an organisation says of itself on the chain. Its id is the SHA-256 of the canonical JSON (RFC 8785).</summary>
/// <param name="Issuer">The issuer identifier: an absolute URL, compared byte for byte.</param>
/// <param name="Name">Its name, as people read it.</param>
/// <param name="Country">Its country.</param>
/// <param name="Demonstration">It is fictional and every verdict says so.</param>
/// <param name="Contact">How people reach it, or null.</param>
public sealed record OrganisationProfile(string Issuer, string Name, string Country, bool Demonstration, string? Contact)
{
    /// <summary>The canonical JSON that goes on the chain.</summary>
    public string Canonical() => throw new NotImplementedException();

    /// <summary>The organisation's id: 32 bytes.</summary>
    public byte[] Id() => throw new NotImplementedException();

    /// <summary>Reads canonical JSON; refuses anything that would not be written the same way again.</summary>
    public static bool TryParse(string canonical, [NotNullWhen(true)] out OrganisationProfile? profile, out string reason) => throw new NotImplementedException();
}
