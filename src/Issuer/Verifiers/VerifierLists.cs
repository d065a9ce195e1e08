using Identity.Credentials.Verifiers;
using Identity.Issuer.Keys;
using Identity.Issuer.Organisations;

namespace Identity.Issuer.Verifiers;

/// <summary>
/// Signs, for an organisation that is a verifier authority, the list of the verifiers it has registered. A list is signed anew when a
/// registration comes, ends or is withdrawn, and every hour. Its version is the time of signing in Unix seconds, or one more than the
/// last: it rises also when the service starts again, and nothing needs to be stored.
/// </summary>
internal sealed class VerifierLists(TimeProvider clock)
{
    /// <summary>How long a phone may rely on a list that it cannot replace.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(72);

    private static readonly TimeSpan Renewal = TimeSpan.FromHours(1);

    // What is older than this is not signed again as if it were news: the last list runs out instead.
    private static readonly TimeSpan Stale = TimeSpan.FromHours(12);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Token, string Content, long Version, DateTimeOffset SignedAt)> _signed = [];
    private VerifierFacts? _facts;
    private DateTimeOffset _readAt;

    /// <summary>Takes over what the ledger says now.</summary>
    public void Learn(VerifierFacts facts, DateTimeOffset readAt)
    {
        lock (_gate) (_facts, _readAt) = (facts, readAt);
    }

    /// <summary>The list as signed by the organisation's key of now.</summary>
    /// <param name="organisation">Whose list.</param>
    /// <param name="key">The key that signs; null while none may, and then the last list is served.</param>
    public VerifierListAnswer Current(Organisation organisation, IssuerKey? key)
    {
        var now = clock.GetUtcNow();
        lock (_gate)
        {
            if (_facts is null) return new VerifierListAnswer.NotReady();
            var id = organisation.Profile.Id();
            if (!_facts.Authorities.Contains(Convert.ToHexString(id))) return new VerifierListAnswer.NoAuthority();
            var listed = _facts.Register.InForce(id, now).Select(registration => new ListedVerifier(registration.Profile, registration.Until)).ToList();
            var content = string.Join('\n', listed.Select(verifier => $"{verifier.Until.ToUnixTimeSeconds()} {verifier.Profile.Canonical()}"));
            var known = _signed.TryGetValue(organisation.Slug, out var last);
            if (key is null) return known ? new VerifierListAnswer.Signed(last.Token) : new VerifierListAnswer.NotReady();
            content += $"\n{key.Id}"; // another key signs anew
            if (known && last.Content == content && (now - last.SignedAt < Renewal || now - _readAt > Stale)) return new VerifierListAnswer.Signed(last.Token);

            var version = Math.Max(now.ToUnixTimeSeconds(), known ? last.Version + 1 : 0);
            var token = new VerifierList(organisation.Issuer, organisation.Name, version, now, now + Lifetime, listed, organisation.Profile.Contact).Sign(key.Signer);
            _signed[organisation.Slug] = (token, content, version, now);
            return new VerifierListAnswer.Signed(token);
        }
    }
}

/// <summary>What becomes of a question for a list.</summary>
internal abstract record VerifierListAnswer
{
    private VerifierListAnswer() { }

    /// <summary>The signed list.</summary>
    public sealed record Signed(string Token) : VerifierListAnswer;

    /// <summary>The ledger has not been read yet, or there is no list to serve while no key may sign.</summary>
    public sealed record NotReady : VerifierListAnswer;

    /// <summary>The organisation registers no verifiers.</summary>
    public sealed record NoAuthority : VerifierListAnswer;
}
