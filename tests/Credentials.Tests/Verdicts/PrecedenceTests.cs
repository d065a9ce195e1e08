using Identity.Credentials.Tests.Compact;
using Identity.Credentials.Verdicts;

namespace Identity.Credentials.Tests.Verdicts;

/// <summary>Two things wrong at once: which one leads.</summary>
public sealed class PrecedenceTests
{
    /// <summary>One disturbance per reason, each of which alone leads with that reason when shown online; in the order of the design.</summary>
    private static readonly (ReasonCode Reason, Action<Disturbed> Disturb)[] Disturbances =
    [
        (ReasonCode.Malformed, d => d.Text = _ => "not a credential"),
        (ReasonCode.Unsupported, d => d.Scene.Type = "urn:example:card"),
        (ReasonCode.Altered, d => d.Certified = Fixed.Key("somebody")),
        (ReasonCode.IssuerUnknown, d => d.Scene.StatedIssuer = "https://unknown.example"),
        (ReasonCode.KeyNotValidThen, d => d.Scene.Key = d.Scene.Key! with { From = Scene.Anchored.AddDays(1) }),
        (ReasonCode.IssuerNotEntitled, d => d.Scene.Accreditation = null),
        (ReasonCode.WrongAudience, d => d.Scene.HolderAudience = "x509_hash:other"),
        (ReasonCode.Replayed, d => d.Scene.HolderNonce = "other"),
        (ReasonCode.HolderNotProven, d => d.Text = text => text[..(text.LastIndexOf('~') + 1)]),
        (ReasonCode.AsksNotMet, d => d.Asks = new AskResult(false, "something else was asked")),
        (ReasonCode.Revoked, d => d.StatusByNextKey(1)),
        (ReasonCode.Suspended, d => d.StatusByNextKey(2)),
        (ReasonCode.Expired, d => d.Scene.Expires = d.Scene.Now.AddDays(-1)),
        (ReasonCode.NotYetValid, d => d.Scene.NotBefore = d.Scene.Now.AddDays(1)),
        (ReasonCode.AnchoredTooLate, d => d.Scene.Key = d.Scene.Key! with { EndedAt = Scene.Anchored, Reason = KeyEndReason.Retired }),
        (ReasonCode.NotAnchored, d => d.Scene.Anchor = null),
        (ReasonCode.StaleData, d => d.Scene.Status = null),
    ];

    /// <summary>Pairs that cannot be wrong at the same time: the second undoes the first, or hides it.</summary>
    private static readonly HashSet<(ReasonCode, ReasonCode)> Exclusive =
    [
        (ReasonCode.HolderNotProven, ReasonCode.Malformed), // both replace the text
        (ReasonCode.KeyNotValidThen, ReasonCode.NotAnchored), // the time rule needs an anchor
        (ReasonCode.AnchoredTooLate, ReasonCode.NotAnchored),
        (ReasonCode.KeyNotValidThen, ReasonCode.AnchoredTooLate), // one key has one period
        (ReasonCode.Revoked, ReasonCode.Suspended), // one entry has one value
        (ReasonCode.Revoked, ReasonCode.StaleData), // no list, no value
        (ReasonCode.Suspended, ReasonCode.StaleData),
        (ReasonCode.Expired, ReasonCode.NotYetValid), // said of a credential that ends before it begins
        (ReasonCode.HolderNotProven, ReasonCode.WrongAudience), // without a key binding there is no audience
        (ReasonCode.HolderNotProven, ReasonCode.Replayed),
        (ReasonCode.WrongAudience, ReasonCode.Replayed), // compared in order, the first is told
    ];

    public static TheoryData<ReasonCode, ReasonCode> Pairs()
    {
        var pairs = new TheoryData<ReasonCode, ReasonCode>();
        for (var first = 0; first < Disturbances.Length; first++)
        {
            for (var second = first + 1; second < Disturbances.Length; second++)
            {
                var (a, b) = (Disturbances[first].Reason, Disturbances[second].Reason);
                if (!Exclusive.Contains((a, b)) && !Exclusive.Contains((b, a))) pairs.Add(a, b);
            }
        }

        return pairs;
    }

    public static TheoryData<ReasonCode> Single() => new(Disturbances.Select(d => d.Reason));

    [Fact]
    public void Every_reason_has_its_disturbance_in_the_order_of_precedence() =>
        Assert.Equal(Enum.GetValues<ReasonCode>().Where(r => r != ReasonCode.Valid), Disturbances.Select(d => d.Reason));

    [Theory]
    [MemberData(nameof(Single))]
    public void Each_disturbance_alone_leads_with_its_own_reason(ReasonCode reason) => Assert.Equal(reason, Judge(reason).Reason);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Of_two_the_earlier_leads(ReasonCode first, ReasonCode second)
    {
        var verdict = Judge(first, second);

        Assert.Equal(first, verdict.Reason);
        Assert.Equal(Reasons.OutcomeOf(first), verdict.Outcome);
    }

    private static Verdict Judge(params ReasonCode[] reasons)
    {
        var disturbed = new Disturbed();
        foreach (var (reason, disturb) in Disturbances)
        {
            if (reasons.Contains(reason)) disturb(disturbed);
        }

        var scene = disturbed.Scene;
        var text = disturbed.Text(scene.Present(scene.Issue(certified: disturbed.Certified)));
        return VerdictEngine.Check(text, new Expectations.Online(scene.Nonce, scene.Audience) { Asks = disturbed.Asks }, scene, scene.Now);
    }

    private sealed class Disturbed
    {
        public Scene Scene { get; } = new();

        public Identity.Credentials.Jose.Es256Key? Certified { get; set; }

        public AskResult? Asks { get; set; }

        public Func<string, string> Text { get; set; } = text => text;

        /// <summary>Signed by the issuer's other key, so that it counts even where the first has ended.</summary>
        public void StatusByNextKey(byte value)
        {
            var next = Fixed.Key("next issuer key");
            Scene.MoreKeys.Add(new KeyRecord(next.PublicKey.Thumbprint(), next.PublicKey, Scene.College!.Id, Scene.Anchored, null, null));
            Scene.Status = Scene.Sign(value, next);
        }
    }
}
