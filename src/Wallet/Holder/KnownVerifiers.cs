using Identity.Credentials.Compact;
using Identity.Credentials.Dcql;
using Identity.Credentials.Types;
using Identity.Credentials.Verifiers;

namespace Identity.Wallet.Holder;

/// <summary>
/// The signed list that this holder carries, and what follows from it: whom it refuses, and what goes only by a deliberate yes. The
/// browser's wallet does the same; both follow tests/vectors/asking.
/// </summary>
/// <param name="List">The newest list, or null while there is none: then everybody is refused.</param>
public sealed record KnownVerifiers(VerifierList? List)
{
    /// <summary>Judges a request.</summary>
    internal Asking Judge(PresentationRequest request, DateTimeOffset now) => Asking.Judge(List, now, request.KeyThumbprint, request.PurposeId,
        [.. request.Query.Credentials.SelectMany(credential => credential.VctValues.DefaultIfEmpty("").SelectMany(type => credential.Claims.Count == 0
            ? [new AskedClaim(type, "")]
            : credential.Claims.Select(claim => new AskedClaim(type, NameOf(claim)))))]);

    /// <summary>Judges a challenge.</summary>
    internal Asking Judge(CompactChallenge challenge, DateTimeOffset now)
    {
        var type = TypeDefinition.Find(challenge.Type);
        List<AskedClaim> asked = [.. challenge.Required.Concat(challenge.Optional).Select(key => new AskedClaim(challenge.Type, type?.Claim(key)?.Name ?? $"{key}"))];
        if (asked.Count == 0) asked.Add(new AskedClaim(challenge.Type, ""));
        return Asking.Judge(List, now, Credentials.Jose.Jwk.TryFromCompressed(challenge.Key, out var key) ? key!.ThumbprintText() : null, challenge.PurposeId, asked);
    }

    /// <summary>Why the holder must not answer, or null.</summary>
    internal static HolderRefusal? RefusalOf(Asking? asking) => asking?.Standing switch
    {
        Standing.NoList => new("no_verifier_list", "There is no list of registered verifiers here yet."),
        Standing.Unknown => new("unknown_verifier", "Nobody has confirmed who asks."),
        Standing.PublicPageMore => new("more_than_public", "A public page asks for more than a public page may."),
        _ => null,
    };

    /// <summary>The name of a claim as the person knows it: the first step of its path.</summary>
    internal static string NameOf(DcqlClaim claim) => claim.Path.Segments[0] as string ?? "";
}
