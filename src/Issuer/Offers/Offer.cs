namespace Identity.Issuer.Offers;

/// <summary>Where an offer stands; each step is one way.</summary>
public enum OfferState
{
    /// <summary>Waiting for its holder.</summary>
    Open,

    /// <summary>Redeemed for an access token.</summary>
    Redeemed,

    /// <summary>Ended without a redemption: too many wrong transaction codes, replaced by a newer offer, or its credential revoked.</summary>
    Dead,
}

/// <summary>The outcome of a try to redeem an offer.</summary>
public abstract record Redemption
{
    private Redemption() { }

    /// <summary>This caller, and no other, has redeemed it.</summary>
    public sealed record Won : Redemption;

    /// <summary>The transaction code was wrong; the offer is still open for <paramref name="TriesLeft"/> tries, or dead at 0.</summary>
    public sealed record WrongTxCode(int TriesLeft) : Redemption;

    /// <summary>A transaction code is needed and none was sent.</summary>
    public sealed record TxCodeMissing : Redemption;

    /// <summary>A transaction code was sent for an offer that has none.</summary>
    public sealed record TxCodeUnexpected : Redemption;

    /// <summary>Redeemed before, dead or expired.</summary>
    public sealed record TooLate : Redemption;
}

/// <summary>An invitation to collect a credential: a single-use pre-authorized code, with a transaction code sent another way.</summary>
public sealed class Offer
{
    /// <summary>Wrong transaction codes that end the offer.</summary>
    public const int MaxTries = 5;

    /// <summary>Random, 43 base64url characters: whoever has it can read the offer.</summary>
    public required string Id { get; init; }

    /// <summary>The credential on offer.</summary>
    public required string CredentialId { get; init; }

    /// <summary>Slug of the issuing organisation.</summary>
    public required string Organisation { get; init; }

    /// <summary>SHA-256 of the pre-authorized code; the code itself is derived, never stored.</summary>
    public required byte[] CodeHash { get; init; }

    /// <summary>Whether a transaction code is needed.</summary>
    public required bool NeedsTxCode { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends by itself.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The present state.</summary>
    public OfferState State { get; private set; } = OfferState.Open;

    /// <summary>Wrong transaction codes so far.</summary>
    public int WrongTries { get; private set; }

    /// <summary>When it was redeemed.</summary>
    public DateTimeOffset? RedeemedAt { get; private set; }

    /// <summary>Rises with each change; of two redemptions at once one wins.</summary>
    public int Version { get; private set; }

    /// <summary>True while it can be redeemed.</summary>
    public bool IsOpen(DateTimeOffset now) => State is OfferState.Open && now < ExpiresAt;

    /// <summary>
    /// Tries to redeem. The transaction code is judged before the offer is spent: a wrong one costs a try, not the offer
    /// (OpenID4VCI 1.0, 6.3 and 13.5).
    /// </summary>
    /// <param name="txCode">What the wallet sent, or null.</param>
    /// <param name="isRight">Compares in constant time.</param>
    /// <param name="now">The time of the request.</param>
    public Redemption Redeem(string? txCode, Func<string, bool> isRight, DateTimeOffset now)
    {
        var judged = Prove(txCode, isRight, now);
        if (judged is Redemption.Won) (State, RedeemedAt) = (OfferState.Redeemed, now);
        return judged;
    }

    /// <summary>
    /// Judges the transaction code and leaves the offer open: <see cref="Redemption.Won"/> says that it was right. Wrong ones count together with those of
    /// <see cref="Redeem"/>, so that two ways to guess are not twice the tries.
    /// </summary>
    public Redemption Prove(string? txCode, Func<string, bool> isRight, DateTimeOffset now)
    {
        if (!IsOpen(now)) return new Redemption.TooLate();
        if (NeedsTxCode && txCode is null) return new Redemption.TxCodeMissing();
        if (!NeedsTxCode && txCode is not null) return new Redemption.TxCodeUnexpected();

        Version++;
        if (txCode is not null && !isRight(txCode))
        {
            if (++WrongTries >= MaxTries) State = OfferState.Dead;
            return new Redemption.WrongTxCode(MaxTries - WrongTries);
        }
        return new Redemption.Won();
    }

    /// <summary>Redeems an offer whose transaction code was proved on the organisation's page; false where it has ended since.</summary>
    public bool Spend(DateTimeOffset now)
    {
        if (!IsOpen(now)) return false;
        (State, RedeemedAt) = (OfferState.Redeemed, now);
        Version++;
        return true;
    }

    /// <summary>Ends an open offer; anything else stays as it is.</summary>
    public void Kill()
    {
        if (State is not OfferState.Open) return;
        State = OfferState.Dead;
        Version++;
    }
}
