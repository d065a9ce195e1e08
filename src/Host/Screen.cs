using System.Diagnostics;
using Identity.Host.Journey;
using Identity.Host.Seed;
using QRCoder;

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
              Verifier's desk  {options.VerifierUrl}/desk
                Harbour Yard (registered)          {stack.DeskKey}
              Issuer console   {options.IssuerUrl}/console
            {string.Join(Environment.NewLine, stack.Access.SelectMany(a => a.Staff.Select(s => (s.UserName, s.Password)).Prepend((a.UserName, a.Password))).Select(s => $"                {s.UserName,-34} {s.Password}"))}
              Audit desk       {options.AuditUrl}/desk
            {string.Join(Environment.NewLine, stack.AuditAccess.Select(a => $"                {a.UserName,-34} {a.Password}"))}
              Assisted desk    {options.WalletUrl}/desk   (for people without a phone)
            {string.Join(Environment.NewLine, stack.Desks.Select(a => $"                {a.UserName,-34} {a.Password}"))}
              Ledger node      {options.Rpc}   registry {stack.Contract}

            Try it: sign in to the console as clerk@{Cast.College}.example, issue a qualification, open the offer in the wallet,
            then check it on the verifier's page. Ctrl-C stops everything.

            """);
        if (options.Lan is { } lan) Phones(options, lan.Name, lan.Addresses[0].ToString(), lan.Certificates.Fingerprint);
    }

    /// <summary>What an earlier start played, for looking it up again.</summary>
    public void Played(IReadOnlyList<PlayedStep> steps)
    {
        output.WriteLine("The journey of a diploma was played in this folder before:");
        foreach (var step in steps) Step(true, step.What, step.Outcome, step.Link);
        output.WriteLine("  `-- journey` plays it again.");
    }

    private void Phones(DemonstrationOptions options, string name, string address, string fingerprint)
    {
        using var code = QRCodeGenerator.GenerateQrCode(options.WalletUrl + "/", QRCodeGenerator.ECCLevel.L);
        using var drawn = new AsciiQRCode(code);
        output.WriteLine($"""
            Phones on this network, once: open http://{address}:{options.BasePort} there, trust the certificate, compare its fingerprint
              {string.Join(' ', fingerprint.Chunk(4).Select(c => new string(c)))}
            The name {name} must lead to {address} (the router's list of names, or a name in .local). Then the wallet:

            {drawn.GetGraphicSmall(drawQuietZones: true)}
              {options.WalletUrl}

            """);
    }
}
