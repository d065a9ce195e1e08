namespace Identity.Credentials.Verifiers;

/// <summary>What a wallet knows about who asks.</summary>
public enum Standing
{
    /// <summary>There is no list to look into: refuse, and fetch it.</summary>
    NoList,

    /// <summary>No registered verifier has this key: refuse.</summary>
    Unknown,

    /// <summary>Registered, and asks for nothing beyond the purpose.</summary>
    Registered,

    /// <summary>Registered, and asks for more than the purpose covers: warn, claim by claim.</summary>
    More,

    /// <summary>A page that anybody may use, and nothing beyond its questions is asked.</summary>
    PublicPage,

    /// <summary>A page that anybody may use, and more is asked than its questions: refuse.</summary>
    PublicPageMore,
}

/// <summary>A claim that is asked for. <paramref name="Claim"/> is empty where only the card itself is asked for, <paramref name="Type"/> where any card will do.</summary>
public sealed record AskedClaim(string Type, string Claim);

/// <summary>
/// Who asks and for what, by the signed list. The same rule as the browser's (src/web/lib/verifiers.ts); tests/vectors/asking binds the two.
/// </summary>
/// <param name="Standing">What is known.</param>
/// <param name="Verifier">The registration, where there is one.</param>
/// <param name="Purpose">The registered purpose that the request names, if it names one of its own.</param>
/// <param name="Extra">Claims beyond the purpose, in the order asked.</param>
/// <param name="ListExpired">The list is old: nobody is called registered by it without a warning.</param>
public sealed record Asking(Standing Standing, VerifierProfile? Verifier, VerifierPurpose? Purpose, IReadOnlyList<AskedClaim> Extra, bool ListExpired)
{
    /// <summary>Whether the wallet must not answer at all.</summary>
    public bool MustRefuse => Standing is Standing.NoList or Standing.Unknown or Standing.PublicPageMore;

    /// <summary>Judges a request or challenge.</summary>
    /// <param name="list">The newest list this wallet has, or null.</param>
    /// <param name="now">The wallet's clock.</param>
    /// <param name="keyThumbprint">Of the key that signed the request or challenge, base64url; null for an unsigned one.</param>
    /// <param name="purposeId">The purpose that the request names, or null.</param>
    /// <param name="asked">Every claim that it asks for, needed or not.</param>
    public static Asking Judge(VerifierList? list, DateTimeOffset now, string? keyThumbprint, string? purposeId, IReadOnlyList<AskedClaim> asked)
    {
        if (list is null) return new(Standing.NoList, null, null, asked, false);
        var expired = now >= list.Expires;
        // Who was registered first with a key keeps it: a later registration with somebody's key takes nothing over.
        var found = list.Verifiers.FirstOrDefault(verifier => keyThumbprint is not null && now < verifier.Until && verifier.Profile.Keys.Contains(keyThumbprint))?.Profile;
        if (found is null) return new(Standing.Unknown, null, null, asked, expired);
        var purpose = found.Purpose(purposeId);
        var extra = asked.Where(one => purpose is null || !(one.Claim.Length == 0 ? purpose.Asks.Any(ask => ask.Type == one.Type) : purpose.Covers(one.Type, one.Claim))).ToList();
        var standing = (found.PublicPage, extra.Count > 0) switch
        {
            (true, true) => Standing.PublicPageMore,
            (true, false) => Standing.PublicPage,
            (false, true) => Standing.More,
            _ => Standing.Registered,
        };
        return new(standing, found, purpose, extra, expired);
    }
}
