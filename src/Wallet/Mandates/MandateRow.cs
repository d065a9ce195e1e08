namespace Identity.Wallet.Mandates;

/// <summary>What a desk may do for a person.</summary>
[Flags]
public enum MandateScope
{
    /// <summary>Nothing: no mandate is made for it.</summary>
    None = 0,

    /// <summary>Collect what an issuer offers.</summary>
    Receive = 1,

    /// <summary>Answer a question that the person agreed to.</summary>
    Show = 2,

    /// <summary>Print what is kept.</summary>
    Print = 4,

    /// <summary>Vouch to issuers that this person is here, so that they issue again.</summary>
    Recover = 8,
}

/// <summary>Where a mandate stands. The order is the only way it can go.</summary>
public enum MandateState
{
    /// <summary>Written down, not yet read aloud and agreed to.</summary>
    Proposed,

    /// <summary>The person agreed; until its end the desk may act.</summary>
    Live,

    /// <summary>Over, for whatever reason.</summary>
    Ended,
}

/// <summary>What happens at the end with what the desk kept for the person.</summary>
public enum AtEnd
{
    /// <summary>It is deleted.</summary>
    Erase,

    /// <summary>It stays, for the person's card alone to open under another mandate.</summary>
    Seal,
}

/// <summary>
/// What one person allows one desk, for a time. Holds no name, no words in clear and nothing about the person but the language in which it was read aloud.
/// </summary>
public sealed class MandateRow
{
    /// <summary>A proposal that nobody agreed to in this time is over.</summary>
    public static readonly TimeSpan Deciding = TimeSpan.FromMinutes(30);

    /// <summary>Longest without a card.</summary>
    public static readonly TimeSpan LongestWithoutCard = TimeSpan.FromHours(24);

    /// <summary>Longest with one.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    /// <summary>Eight letters and digits; for the log and addresses of pages.</summary>
    public required string Id { get; init; }

    /// <summary>Slug of the desk.</summary>
    public required string Desk { get; init; }

    /// <summary>In which it is read aloud.</summary>
    public required string Language { get; init; }

    /// <summary>What it allows.</summary>
    public required MandateScope Scope { get; init; }

    /// <summary>How long from the agreement on.</summary>
    public required int Minutes { get; init; }

    /// <summary>The person takes a card that opens what is kept; else a PIN and the two words do.</summary>
    public required bool WithCard { get; init; }

    /// <summary>What becomes of what is kept.</summary>
    public required AtEnd AtEnd { get; init; }

    /// <summary>When it was written down.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>Where it stands.</summary>
    public MandateState State { get; private set; }

    /// <summary>The first moment at which it no longer holds; null while nobody agreed.</summary>
    public DateTimeOffset? Until { get; private set; }

    /// <summary>Keyed hash of the two words, while it is live.</summary>
    public byte[]? WordsHash { get; private set; }

    /// <summary>Name of what is kept under it.</summary>
    public string? Vault { get; private set; }

    /// <summary>When it was over.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary><c>person</c>, <c>words</c>, <c>time</c>, <c>card</c> (another mandate with the same card) or <c>declined</c>.</summary>
    public string? EndedBy { get; private set; }

    /// <summary>Wrong PINs in a row.</summary>
    public int WrongTries { get; private set; }

    /// <summary>No PIN is looked at before.</summary>
    public DateTimeOffset? ClosedUntil { get; private set; }

    /// <summary>Two steps at once: one wins.</summary>
    public int Version { get; private set; }

    /// <summary>The person agreed. False where that cannot be any more.</summary>
    public bool Agree(string vault, byte[] wordsHash, DateTimeOffset now)
    {
        if (State != MandateState.Proposed || now >= MadeAt + Deciding) return false;
        (State, Vault, WordsHash, Until) = (MandateState.Live, vault, wordsHash, now + TimeSpan.FromMinutes(Minutes));
        Version++;
        return true;
    }

    /// <summary>Ends it. False where it was over before.</summary>
    public bool End(string by, DateTimeOffset now)
    {
        if (State == MandateState.Ended) return false;
        (State, EndedBy, EndedAt, WordsHash) = (MandateState.Ended, by, Until < now ? Until : now, null);
        Version++;
        return true;
    }

    /// <summary>Whether the person's agreement holds now.</summary>
    public bool IsLive(DateTimeOffset now) => State == MandateState.Live && now < Until;

    /// <summary>Whether it holds now and covers this.</summary>
    public bool Permits(MandateScope scope, DateTimeOffset now) => IsLive(now) && scope != MandateScope.None && Scope.HasFlag(scope);

    /// <summary>A PIN was tried: after five wrong ones in a row none is looked at for a quarter of an hour.</summary>
    public void Tried(bool right, DateTimeOffset now)
    {
        WrongTries = right ? 0 : WrongTries + 1;
        if (WrongTries >= 5) (WrongTries, ClosedUntil) = (0, now + TimeSpan.FromMinutes(15));
        Version++;
    }
}

/// <summary>What a person keeps at a desk, encrypted under a key that only the person brings.</summary>
public sealed class VaultRow
{
    /// <summary>Random, or derived from the card.</summary>
    public required string Id { get; init; }

    /// <summary>For the PIN's key.</summary>
    public required byte[] Salt { get; init; }

    /// <summary>Nonce, ciphertext and tag of AES-256-GCM.</summary>
    public required byte[] Content { get; set; }

    /// <summary>Deleted then, if nobody comes with the card.</summary>
    public required DateTimeOffset KeptUntil { get; set; }

    /// <summary>Two writes at once: one wins.</summary>
    public int Version { get; set; }
}

/// <summary>One act under a mandate: what, when and by whom of the desk. Never a value.</summary>
public sealed class ActRow
{
    /// <summary>Number.</summary>
    public long Id { get; init; }

    /// <summary>The mandate.</summary>
    public required string Mandate { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who of the staff; empty for what happened by itself.</summary>
    public required string Staff { get; init; }

    /// <summary>A key of the texts: <c>agreed</c>, <c>opened</c>, <c>received</c>, <c>shown</c>, <c>printed</c>, <c>recovery</c>, <c>log</c>, <c>ended</c>.</summary>
    public required string What { get; init; }

    /// <summary>Type of the credential and names of claims, as <c>qualification: title, holder_name</c>; may be empty.</summary>
    public required string About { get; init; }
}

/// <summary>Words that a member of staff typed and that were nobody's: guessing must not pay.</summary>
public sealed class WrongWordsRow
{
    /// <summary>Name of the account.</summary>
    public required string Staff { get; init; }

    /// <summary>When counting began.</summary>
    public required DateTimeOffset Since { get; set; }

    /// <summary>How many since.</summary>
    public required int Count { get; set; }
}
