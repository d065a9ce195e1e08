using Identity.Credentials.StatusList;
using Identity.Credentials.Verdicts;

namespace Identity.Benchmarks.Checking;

/// <summary><c>status-check</c>: a credential's entry in a list of 131,072 that the verifier holds, with everything that must hold of the list itself.</summary>
internal sealed class CheckStatus : IBenchmark
{
    public string Name => "status-check";

    public Task<IReadOnlyList<Result>> RunAsync(bool quick)
    {
        var register = new Register("http://localhost:5001/bench");
        var examination = new Examination(new Expectations.File(), register, register.Now, new VerdictPolicy());
        examination.SetIssuer(register.Organisation, "");
        var index = 0;
        var rate = Measure.PerSecond(quick, () =>
        {
            StatusCheck.Run(examination, new StatusReference(register.StatusUri, index = (index + 7919) % 131_072));
            Measure.Use(examination.Sheet.Passed(CheckName.Status));
        });
        return Task.FromResult<IReadOnlyList<Result>>([new Result(Name, 1e6 / rate, "µs", Target: 5)]);
    }
}
