using Identity.Benchmarks.Checking;
using Identity.Credentials.Verdicts;
using Identity.TestKit;

namespace Identity.Benchmarks.Tests;

/// <summary>What the smoke runs are too short for: a machine with other work to do takes minutes over one benchmark.</summary>
public sealed class RegisterTests
{
    [Fact]
    public void A_diploma_stays_valid_however_long_the_measuring_takes()
    {
        var clock = new ManualClock(TimeProvider.System.GetUtcNow());
        var register = new Register("http://localhost:5001/bench", clock);
        var text = Diplomas.Issue(register, 6, 0).Text;

        clock.Move(TimeSpan.FromMinutes(10));

        Assert.Equal(ReasonCode.Valid, VerdictEngine.Check(text, new Expectations.File(), register, register.Now).Reason);
    }
}
