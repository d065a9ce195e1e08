using System.Diagnostics;
using Identity.Host.Seed;

namespace Identity.Host;

/// <summary>What the person at the console sees: one line per step, with a link where there is something to look at.</summary>
internal sealed class Screen(TextWriter output)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public void Line(string text) => output.WriteLine(text);

    /// <summary>Shows a step while it runs and how long it took.</summary>
    public async Task<T> DuringAsync<T>(string what, Func<Task<T>> work)
    {
        var begun = _clock.Elapsed;
        output.Write($"  {what}… ");
        output.Flush();
        var result = await work();
        output.WriteLine($"{(_clock.Elapsed - begun).TotalSeconds:0.0} s");
        return result;
    }

    /// <summary>One step of the journey as it came out.</summary>
    public void Step(bool asExpected, string what, string outcome, string? link = null)
    {
        output.WriteLine($"  {(asExpected ? "ok  " : "FAIL")}  {what}: {outcome}");
        if (link is not null) output.WriteLine($"        {link}");
    }

    public void Welcome(DemonstrationOptions options, Stack stack)
    {
        output.WriteLine($"""

            Everything runs (ready after {_clock.Elapsed.TotalSeconds:0.0} s). All organisations and people are fictional: DEMONSTRATION.

              Wallet           {options.WalletUrl}
              Verifier         {options.VerifierUrl}
              Issuer console   {options.IssuerUrl}/console
            {string.Join(Environment.NewLine, stack.Access.Select(a => $"                {a.UserName,-34} {a.Password}"))}
              Ledger node      {options.Rpc}   registry {stack.Contract}

            Try it: sign in to the console as clerk@{Cast.College}.example, issue a qualification, open the offer in the wallet,
            then check it on the verifier's page. Ctrl-C stops everything.
            """);
    }
}
