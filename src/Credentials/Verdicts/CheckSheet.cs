namespace Identity.Credentials.Verdicts;

/// <summary>The list of checks while it is being filled in. Every check stands on it from the start, as not checked.</summary>
internal sealed class CheckSheet
{
    private static readonly Check[] Empty = [.. Enum.GetValues<CheckName>().Select(name => new Check(name, CheckResult.NotChecked, "not reached"))];
    private readonly Check[] _checks = [.. Empty];

    /// <summary>All checks, in the order they are shown.</summary>
    public IReadOnlyList<Check> All => _checks;

    /// <summary>The first objection by precedence, or valid.</summary>
    public ReasonCode Leading => _checks.Min(c => c.Reason) ?? ReasonCode.Valid;

    /// <summary>Whether a check passed.</summary>
    public bool Passed(CheckName name) => _checks[(int)name].Result == CheckResult.Passed;

    /// <summary>Looked at and right.</summary>
    public void Pass(CheckName name, string evidence) => _checks[(int)name] = new Check(name, CheckResult.Passed, evidence);

    /// <summary>Looked at and wrong.</summary>
    public void Fail(CheckName name, ReasonCode reason, string evidence) => _checks[(int)name] = new Check(name, CheckResult.Failed, evidence, reason);

    /// <summary>Could not be looked at; with a reason where that keeps us from telling.</summary>
    public void Skip(CheckName name, string evidence, ReasonCode? reason = null) => _checks[(int)name] = new Check(name, CheckResult.NotChecked, evidence, reason);
}
