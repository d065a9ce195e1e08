namespace Identity.Benchmarks.Tests;

/// <summary><c>--check</c> fails where a target is missed.</summary>
public sealed class CheckTests
{
    [Theory]
    [InlineData(null, 0.26, "ratio", 1, null)] // nothing is aimed at
    [InlineData(0.5, 0.5, "ratio", 1, true)]
    [InlineData(0.5, 0.49, "ratio", 1, false)]
    [InlineData(0.5, 0.26, "ratio", 2, true)]
    [InlineData(50.0, 50.0, "ms", 1, true)]
    [InlineData(50.0, 50.1, "ms", 1, false)]
    [InlineData(50.0, 99.0, "ms", 2, true)]
    [InlineData(3.0, 5.9, "s", 2, true)]
    [InlineData(60.0, 60.1, "kB", 2, false)] // a slow machine makes nothing larger
    [InlineData(3.0, 3.1, "MB", 2, false)]
    public void A_target_is_the_least_ratio_or_the_most_value_and_slack_is_given_to_times_alone(double? target, double measured, string unit, double slack, bool? met)
    {
        var result = unit == "ratio" ? new Result("some", 1, "verdicts/s", measured, "a bound", target) : new Result("some", measured, unit, Target: target);

        Assert.Equal(met, result.MetWith(slack));
    }

    [Theory, InlineData("1e9", 0), InlineData("1e-9", 1), InlineData("-1", 1), InlineData("fast", 1)]
    public async Task A_missed_target_is_an_exit_code_with_check_alone(string slack, int code)
    {
        string[] one = ["--smoke", "--only", "status-check", "--slack", slack];

        Assert.Equal(code, await Program.Main([.. one, "--check"]));
        if (double.TryParse(slack, System.Globalization.CultureInfo.InvariantCulture, out var number) && number > 0) Assert.Equal(0, await Program.Main(one));
    }
}
