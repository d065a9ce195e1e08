using System.Net;
using System.Text.RegularExpressions;
using Identity.Audit.Data;
using Identity.Audit.Findings;
using Identity.Credentials.Contracts;
using Identity.Credentials.Jose;
using Identity.Host.Seed;
using Identity.Hosting;
using Identity.Ledger.Embedded;
using Identity.Wallet.Holder;
using Microsoft.Extensions.Options;

namespace Identity.Host.Journey;

/// <summary>
/// Twelve fictional workers of Site 14 record what they were promised and what they signed on arrival, without a name; the brand's auditor sees a count only from ten
/// workers up, opens what one of them shows, and does not believe what was changed.
/// </summary>
internal sealed partial class PlayAudit(DemonstrationOptions options, IReadOnlyList<AuditAccess> access, bool isNew, string contract, Screen screen)
{
    private const int Workers = 12;
    private const string EngagementPage = $"/desk/engagements/{Cast.Engagement}";

    /// <summary>What was played.</summary>
    public Steps Steps { get; } = new(screen);

    /// <returns>Whether every step came out as it should.</returns>
    public Task<bool> RunAsync(CancellationToken ct) => Steps.PlayAsync("The journey of an audit at Site 14", async () =>
    {
        using var fetch = new OutboundFetch(options.Outbound);
        using var union = await SignInAsync(Cast.Union, ct);
        using var auditor = await SignInAsync(Cast.Brand, ct);
        await PlayAsync(new KeepContracts(fetch, TimeProvider.System), union, auditor, ct);
    });

    private async Task PlayAsync(KeepContracts contracts, DeskBrowser union, DeskBrowser auditor, CancellationToken ct)
    {
        var made = await union.PostAsync("/desk/codes", [new("site", Cast.Site), new("count", $"{Workers}")], ct);
        var codes = Code().Matches(made).Select(m => m.Groups[1].Value).ToList();
        Steps.Add(codes.Count == Workers, "The union hands out codes at Site 14, and writes down no names", $"{codes.Count} codes, each for one worker", $"{options.AuditUrl}/desk/codes");

        var people = new List<IReadOnlyList<ContractCopy>>();
        for (var i = 0; i < 9; i++) people.Add(await RecordAsync(contracts, codes[i], i, ct));
        await Task.Delay(TimeSpan.FromSeconds(isNew ? 1.1 : 0), ct); // a publication goes by
        var few = await CountAsync(auditor, ct);
        Steps.Add(!isNew || few == 0, "Nine workers have recorded what they were promised and what they signed on arrival", isNew ? "the auditor reads “fewer than ten”" : $"others did before; the auditor reads “{few} or more”");

        for (var i = 9; i < Workers; i++) people.Add(await RecordAsync(contracts, codes[i], i, ct));
        var (told, waited) = await Steps.WaitAsync(() => CountAsync(auditor, ct), count => count >= 10, ct);
        Steps.Add(told >= 10, "Twelve workers have", $"the auditor reads “{told} to {told + 4}”, in steps of five{waited}", $"{options.AuditUrl}{EngagementPage}");

        var link = WebUtility.HtmlDecode(Link().Match(await auditor.GetAsync(EngagementPage, ct)).Groups[1].Value);
        var (offer, refusal) = await contracts.ReadAsync(link, ct);
        if (offer is null) throw new JourneyException($"The wallet does not take the engagement's link: {refusal}");

        await HonestAsync(contracts, auditor, offer, people[2], ct);
        await AlteredAsync(contracts, auditor, offer, people[4], ct);
    }

    // Person 3 was promised 450 and signed for 380, with a fee.
    private async Task HonestAsync(KeepContracts contracts, DeskBrowser auditor, EngagementOffer offer, IReadOnlyList<ContractCopy> copies, CancellationToken ct)
    {
        var shown = await ShowAsync(contracts, offer, copies, ct);
        var address = $"{EngagementPage}/bundles/{shown.Id}";
        var (page, waited) = await Steps.WaitAsync(() => auditor.GetAsync(address, ct), p => Outcome(p) != "cannot_tell", ct);
        Steps.Add(Outcome(page) == "proven", "One worker agrees to show both papers to this auditor", $"stands on the ledger as shown{waited}", $"{options.AuditUrl}{address}");
        Steps.Add(Worse(page, "wage") && Worse(page, "pay_per_hour") && Worse(page, "fees"), "What differs", "pay 450 → 380 XND a month, 600 XND paid to get the job: terms got worse, a sign for a person to look at");

        var file = options.Path("audit", "journey-finding.json");
        await File.WriteAllTextAsync(file, await auditor.PostAsync(address, [new("note", "Journey of the demonstration.")], ct), ct);
        var code = await VerifyFinding.RunAsync(["verify", file, "--rpc", options.Rpc, "--contract", contract, "--chain-id", $"{AnvilNode.ChainId}"], TextWriter.Null, TextWriter.Null, ct);
        Steps.Add(code == 0, "The finding, checked without Audit against the chain", code == 0 ? "proven" : $"exit code {code}", file);

        if (await contracts.WithdrawAsync(shown, ct) is { } not) throw new JourneyException($"The bundle could not be taken back: {not}");
        Steps.Add((await auditor.GetAsync(address, ct)).Contains("data-testid=\"gone\"", StringComparison.Ordinal), "The worker takes it back", "its content is deleted at Audit");
    }

    // Somebody made the promise larger than it was when it was recorded.
    private async Task AlteredAsync(KeepContracts contracts, DeskBrowser auditor, EngagementOffer offer, IReadOnlyList<ContractCopy> copies, CancellationToken ct)
    {
        var terms = new Dictionary<string, string>(copies[0].Record.Terms) { ["wage"] = "900" };
        terms.Remove("format");
        if (!ContractRecord.TryMake(terms, out var altered, out var reason)) throw new JourneyException(reason);
        var shown = await ShowAsync(contracts, offer, [new ContractCopy(altered, copies[0].Salt, copies[0].Key), copies[1]], ct);
        var address = $"{EngagementPage}/bundles/{shown.Id}";
        var page = await auditor.GetAsync(address, ct);
        Steps.Add(Outcome(page) == "failed", "A version with a changed wage", "does not match what was anchored", $"{options.AuditUrl}{address}");
    }

    private async Task<IReadOnlyList<ContractCopy>> RecordAsync(KeepContracts contracts, string code, int person, CancellationToken ct)
    {
        using var enrolment = Es256Key.Create();
        var copies = new List<ContractCopy>();
        foreach (var stage in new[] { "offer", "arrival" })
        {
            var copy = ContractCopy.Of(Terms(stage, person));
            if (await contracts.RecordAsync(options.AuditUrl, code, enrolment, copy, ct) is { } refusal) throw new JourneyException($"A version was not recorded: {refusal}");
            copies.Add(copy);
        }
        return copies;
    }

    private static async Task<ShownBundle> ShowAsync(KeepContracts contracts, EngagementOffer offer, IReadOnlyList<ContractCopy> copies, CancellationToken ct)
    {
        var (shown, refusal) = await contracts.ShowAsync(offer, copies, ct);
        return shown ?? throw new JourneyException($"The bundle was not taken: {refusal}");
    }

    private static ContractRecord Terms(string stage, int person)
    {
        var substituted = stage == "arrival" && (person is 2 or 7); // two of the twelve
        var terms = new Dictionary<string, string>
        {
            ["stage"] = stage, ["given_by"] = stage == "offer" ? "agency" : "employer", ["given_on"] = stage == "offer" ? "2026-02" : "2026-04", ["site"] = Cast.Site,
            ["employer"] = "Site 14 Garments", ["agency"] = "Sunline Recruitment", ["job"] = person % 3 == 0 ? "Cutter" : "Sewing machine operator",
            ["wage"] = substituted ? "380" : "450", ["wage_currency"] = "XND", ["wage_period"] = "month", ["hours_per_day"] = "8", ["days_per_week"] = "6",
            ["housing"] = "provided", ["documents"] = "worker", ["fees"] = substituted ? "600" : "0", ["fees_currency"] = "XND",
        };
        return ContractRecord.TryMake(terms, out var record, out var reason) ? record : throw new JourneyException(reason);
    }

    private async Task<DeskBrowser> SignInAsync(string organisation, CancellationToken ct)
    {
        var account = access.Single(a => a.Organisation == organisation);
        return await DeskBrowser.SignInAsync(options.AuditUrl, options.Lan?.Own, account.UserName, account.Password, ct);
    }

    private static async Task<int> CountAsync(DeskBrowser auditor, CancellationToken ct) =>
        int.TryParse(Count().Match(await auditor.GetAsync(EngagementPage, ct)).Groups[1].Value, out var count) ? count : -1;

    private static string Outcome(string page) => Reason().Match(page).Groups[1].Value;

    private static bool Worse(string page, string field) => page.Contains($"data-testid=\"difference-{field}\" data-direction=\"worse\"", StringComparison.Ordinal);

    [GeneratedRegex("data-testid=\"code\" data-code=\"([^\"]+)\"")]
    private static partial Regex Code();

    [GeneratedRegex("data-testid=\"count-workers\" data-count=\"([0-9]+)\"")]
    private static partial Regex Count();

    [GeneratedRegex("data-testid=\"engagement-link\" data-link=\"([^\"]+)\"")]
    private static partial Regex Link();

    [GeneratedRegex("data-testid=\"outcome\" data-reason=\"([a-z_]+)\"")]
    private static partial Regex Reason();
}
