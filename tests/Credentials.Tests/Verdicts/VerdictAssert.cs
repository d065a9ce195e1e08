using Identity.Credentials.Jose;
using Identity.Credentials.Tests.Compact;
using Identity.Credentials.Verdicts;

namespace Identity.Credentials.Tests.Verdicts;

/// <summary>What every test of a verdict looks at.</summary>
internal static class VerdictAssert
{
    /// <summary>After a key has ended, the issuer signs its status lists with the next one.</summary>
    public static void NewStatusKey(Scene scene)
    {
        var next = Fixed.Key("next issuer key");
        scene.MoreKeys.Add(new KeyRecord(next.PublicKey.Thumbprint(), next.PublicKey, scene.College!.Id, Scene.Anchored, null, null));
        scene.Status = scene.Sign(0, next);
    }

    public static void Is(ReasonCode reason, Verdict verdict)
    {
        Assert.True(reason == verdict.Reason, $"expected {reason}, was {verdict.Reason}: {string.Join("; ", verdict.Checks)}");
        Assert.Equal(Reasons.OutcomeOf(reason), verdict.Outcome);
        Assert.Equal(verdict.Outcome == Outcome.NotValid, verdict.Checks.Any(c => c.Result == CheckResult.Failed && c.Reason is { } r && Reasons.OutcomeOf(r) == Outcome.NotValid));
        if (verdict.Outcome == Outcome.Valid) Assert.DoesNotContain(verdict.Checks, c => c.Result == CheckResult.Failed);
    }

    public static Check Of(Verdict verdict, CheckName name) => verdict.Checks.Single(c => c.Name == name);

    public static byte[] Decode(string text)
    {
        Assert.True(Base64Url.TryDecode(text, out var bytes));
        return bytes;
    }
}
