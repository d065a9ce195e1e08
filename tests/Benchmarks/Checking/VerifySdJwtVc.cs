using Identity.Credentials.Verdicts;

namespace Identity.Benchmarks.Checking;

/// <summary>
/// <c>verify-sd-jwt-vc-kb-6</c> and <c>-12</c>: the whole verdict on an SD-JWT VC with key binding, as the Verifier gives it: parsing, disclosures, two signatures, register,
/// accreditation, place on the ledger, status, dates. The issuer's key is kept; each presentation brings a holder's key of its own, which is imported anew.
/// </summary>
internal sealed class VerifySdJwtVc(int claims) : IBenchmark
{
    public const string Audience = "x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk";
    public const string Nonce = "n-0S6_WzA2Mj-n-0S6_WzA2Mj";

    public string Name => $"verify-sd-jwt-vc-kb-{claims}";

    public Task<IReadOnlyList<Result>> RunAsync(bool quick)
    {
        var register = new Register("http://localhost:5001/bench");
        var shown = Enumerable.Range(0, 64).Select(i => Diplomas.Issue(register, claims, i).Present(Audience, Nonce)).ToArray();
        var expectations = new Expectations.Online(Nonce, Audience);
        var bound = new VerificationBound(register.Key, Signed(shown[0][..shown[0].IndexOf('~', StringComparison.Ordinal)]), Signed(shown[0][(shown[0].LastIndexOf('~') + 1)..]));
        var turn = 0;
        var measured = Measure.Against(quick,
            () => Measure.Use(VerdictEngine.Check(shown[turn++ % shown.Length], expectations, register, register.Now).Reason == ReasonCode.Valid), bound.ByFramework, bound.ByOpenSsl);
        return Task.FromResult<IReadOnlyList<Result>>(
        [
            new Result(Name, measured.Microseconds, "µs", measured.Ratios[0], VerificationBound.Framework, 0.85),
            new Result(Name + "-stretch", measured.Rate, "verdicts/s", measured.Ratios[1], VerificationBound.OpenSsl, 0.70),
        ]);
    }

    private static int Signed(string jws) => jws.LastIndexOf('.');
}
