using Identity.Credentials.Compact;
using Identity.Credentials.Dcql;

namespace Identity.Credentials.Verdicts;

/// <summary>What was asked, against which the answer is held. One of four; none can leave out what its kind must compare.</summary>
public abstract record Expectations
{
    private Expectations()
    {
    }

    /// <summary>The part of a query it answers; the disclosed claims are checked against it. Null asks for nothing.</summary>
    public DcqlCredential? Asked { get; init; }

    /// <summary>What a caller found who compared already; a failure here counts beside <see cref="Asked"/>.</summary>
    public AskResult? Asks { get; init; }

    /// <summary>A file or pasted text: nobody is asked to prove that they hold it.</summary>
    public sealed record File : Expectations;

    /// <summary>An answer to our own online request.</summary>
    /// <param name="Nonce">Of the request.</param>
    /// <param name="Audience">Our client identifier as in the request.</param>
    public sealed record Online(string Nonce, string Audience) : Expectations;

    /// <summary>A code shown to our camera without a question before: one that is redrawn with the time, or a paper.</summary>
    public sealed record Shown : Expectations;

    /// <summary>An answer to a challenge that we showed and that has not been answered yet. A code redrawn with the time and a paper are taken too, unless the policy refuses it.</summary>
    /// <param name="Question">The challenge as we made it.</param>
    public sealed record Challenge(CompactChallenge Question) : Expectations;
}

/// <summary>Whether what was shown is what was asked.</summary>
/// <param name="Met">True when it is.</param>
/// <param name="Evidence">One technical line.</param>
public sealed record AskResult(bool Met, string Evidence);

/// <summary>How strict a verifier is. The defaults suit a check at a desk.</summary>
public sealed record VerdictPolicy
{
    /// <summary>Clocks may differ by this much.</summary>
    public TimeSpan Skew { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How old an online key binding may be.</summary>
    public TimeSpan KeyBindingWindow { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How far the time of a rolling proof may lie from ours, before or after.</summary>
    public TimeSpan RollingWindow { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Takes only what answers our own challenge or request: a rolling proof, which could have been made for anybody, is refused, and so is a paper.</summary>
    public bool RequireChallenge { get; init; }

    /// <summary>The local copy of the ledger must be at most this old.</summary>
    public TimeSpan MaxLedgerAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>A status list must have been fetched at most this long ago, whatever its own dates allow.</summary>
    public TimeSpan MaxStatusAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Whether a copy of the ledger of this age, null where there is none, is recent enough for an absence in it to mean something.</summary>
    public bool IsFresh(TimeSpan? ledgerAge) => ledgerAge <= MaxLedgerAge && ledgerAge >= -Skew;
}
