using Identity.Issuer.Issuance;

namespace Identity.Benchmarks.Issuing;

/// <summary><c>issue-6</c>: one SD-JWT VC with six claims, signed in memory, one thread.</summary>
internal sealed class IssueOne : IBenchmark
{
    public string Name => "issue-6";

    public async Task<IReadOnlyList<Result>> RunAsync(bool quick)
    {
        await using var workshop = await Workshop.OpenAsync();
        var day = new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);
        var holder = Workshop.HolderKeys(1)[0];
        var order = new SigningOrder(workshop.Organisation, workshop.Organisation.FirstKey, Workshop.Type, Workshop.Claims(1), holder, day, day.AddYears(5), 1, 4711);
        var measured = Measure.Against(quick, () => CredentialSigner.SdJwt(order), workshop.SignRaw);
        return [new Result(Name, measured.Rate, "credentials/s", measured.Ratios[0], "raw ES256 signing, one thread")];
    }
}
