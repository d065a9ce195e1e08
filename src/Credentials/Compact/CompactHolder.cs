using Identity.Credentials.Cose;
using Identity.Credentials.Jose;

namespace Identity.Credentials.Compact;

/// <summary>Shows a compact credential: in answer to a challenge, or redrawn with the time.</summary>
public static class CompactHolder
{
    /// <summary>
    /// The proof <c>IDP:…</c> that shows the claims of these keys and answers this challenge. Keys the credential has not are passed over.
    /// Throws <see cref="ArgumentException"/> when the signer is not the credential's holder, and when the proof would be over its size.
    /// </summary>
    public static string Answer(CompactCredential credential, IEnumerable<int> claimKeys, CompactChallenge challenge, ISigner holderKey) =>
        Present(credential, claimKeys, new ProofBinding(challenge.Digest), holderKey);

    /// <summary>
    /// The proof <c>IDP:…</c> that shows the claims of these keys now, to nobody in particular; to be redrawn every 20 s. Throws as <see cref="Answer"/> does.
    /// </summary>
    /// <param name="credential">The credential.</param>
    /// <param name="claimKeys">Keys the credential has not are passed over.</param>
    /// <param name="time">Unix seconds: the phone's clock, corrected by what it last learnt of the server's. Throws <see cref="ArgumentOutOfRangeException"/> below 0 and past the year 9999.</param>
    /// <param name="clockUnsure">Whether the phone has no reason to trust that time.</param>
    /// <param name="holderKey">The key the credential was issued to.</param>
    public static string Roll(CompactCredential credential, IEnumerable<int> claimKeys, long time, bool clockUnsure, ISigner holderKey)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(time);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, CompactCbor.MaxTime);
        return Present(credential, claimKeys, new ProofBinding(null, time, clockUnsure), holderKey);
    }

    private static string Present(CompactCredential credential, IEnumerable<int> claimKeys, ProofBinding binding, ISigner holderKey)
    {
        if (!holderKey.PublicKey.Compressed().AsSpan().SequenceEqual(credential.Issuer.Holder))
        {
            throw new ArgumentException("The key is not the one the credential was issued to.", nameof(holderKey));
        }

        var wanted = claimKeys.ToHashSet();
        var shown = Enumerable.Range(0, credential.Leaves.Count).Where(i => wanted.Contains(credential.Leaves[i].Key)).ToHashSet();
        var nodes = ClaimTree.Nodes([.. credential.Leaves.Select(l => l.Hash())], shown);
        var payload = CompactPresentation.Payload(credential.Issuer.Encoded, [.. shown.Order().Select(i => (i, credential.Leaves[i]))], nodes, binding);
        var proof = CoseSign1.Sign(payload, CompactPresentation.Purpose, holderKey);
        if (proof.Encoded.Length > CompactPresentation.MaxBytes) throw new ArgumentException("The claims make a proof that is too large.", nameof(claimKeys));
        return CompactPresentation.Prefix + Base45.Encode(proof.Encoded);
    }
}
