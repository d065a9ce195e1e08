using System.Security.Cryptography;
using Identity.Credentials.Compact;
using Identity.Credentials.Jose;
using Identity.Credentials.Verdicts;

namespace Identity.Benchmarks.Checking;

/// <summary><c>compact-verify</c>: the whole verdict on a compact proof that answers a challenge, from the text of its QR; the issuer's key is kept, the holder's is new each time.</summary>
internal sealed class VerifyCompact : IBenchmark
{
    public string Name => "compact-verify";

    public Task<IReadOnlyList<Result>> RunAsync(bool quick)
    {
        var register = new Register("http://localhost:5001/bench");
        using var desk = Es256Key.Create();
        int[] asked = [.. new[] { "holder_name", "title", "kind", "awarded_on" }.Select(name => Diplomas.Type.Claim(name)!.Key)];
        var challenge = CompactChallenge.Create(RandomNumberGenerator.GetBytes(16), register.Now.ToUnixTimeSeconds(), Diplomas.Type.Vct, asked, [], "To check that a diploma is genuine", "Bench desk", desk);
        var proofs = Enumerable.Range(0, 64).Select(i => Diplomas.IssueCompact(register, i)).Select(made => CompactHolder.Answer(made.Credential, asked, challenge, made.Holder)).ToArray();
        var expectations = new Expectations.Challenge(challenge);
        var bound = new VerificationBound(register.Key, 300, 600);
        var turn = 0;
        var measured = Measure.Against(quick, () => Measure.Use(VerdictEngine.Check(proofs[turn++ % proofs.Length], expectations, register, register.Now).Reason == ReasonCode.Valid), bound.ByFramework);
        return Task.FromResult<IReadOnlyList<Result>>([new Result(Name, measured.Microseconds, "µs", measured.Ratios[0], VerificationBound.Framework)]);
    }
}
