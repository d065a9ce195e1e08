using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Types;
using Identity.Credentials.Verifiers;
using Identity.Host.Seed;
using Identity.Hosting;
using Identity.Wallet.Holder;
using Microsoft.Extensions.Options;

namespace Identity.Host.Journey;

/// <summary>
/// The main job from end to end, over HTTP, with the holder of src/Wallet/Holder: a college signs a welding diploma, a migrant
/// receives and shows it, an employer reads the verdict, and everything that should be refused is refused for its own reason.
/// </summary>
internal sealed class PlayJourney(DemonstrationOptions options, Stack stack, Screen screen)
{
    /// <summary>What was played.</summary>
    public Steps Steps { get; } = new(screen);

    /// <returns>Whether every step came out as it should.</returns>
    public Task<bool> RunAsync(CancellationToken ct) => Steps.PlayAsync("The journey of a diploma", async () =>
    {
        using var fetch = new OutboundFetch(options.Outbound);
        using var verifier = new Api(options.VerifierUrl, own: options.Lan?.Own);
        var known = await CarryListAsync(fetch, ct);
        await PlayAsync(new ReceiveCredentials(fetch, TimeProvider.System), new PresentCredentials(fetch, options.Outbound, TimeProvider.System, known), verifier, ct);
    });

    private async Task PlayAsync(ReceiveCredentials receive, PresentCredentials present, Api verifier, CancellationToken ct)
    {
        using var college = new Api(options.IssuerUrl, Key(Cast.College), options.Lan?.Own);
        var (id, diploma) = await IssueAsync(college, Cast.College, receive, ct);

        await FreshAsync(verifier, diploma[0], ct);
        await AskAsync(present, verifier, diploma, ct);
        await ScanAsync(present, verifier, diploma[1], ct);
        await new AskersJourney(options, stack, Steps).PlayAsync(present, diploma, ct);
        await CheckAsync(verifier, "A changed title", Forger.Alter(diploma[2].SdJwt, "title", "Master Welder"), "not_valid", "altered", ct);
        await CheckAsync(verifier, "A diploma by a college nobody knows", Forger.UnknownIssuer(TimeProvider.System.GetUtcNow()), "cannot_tell", "issuer_unknown", ct);

        using var agency = new Api(options.IssuerUrl, Key(Cast.Agency), options.Lan?.Own);
        var (_, bought) = await IssueAsync(agency, Cast.Agency, receive, ct);
        await UntilAsync(verifier, "A diploma by an agency that nobody entitled", bought[0].SdJwt, "not_valid", "issuer_not_entitled", "not_anchored", ct);

        using var school = new Api(options.IssuerUrl, Key(Cast.TradeSchool), options.Lan?.Own);
        var (_, certificate) = await IssueAsync(school, Cast.TradeSchool, receive, ct, ("title", "Certificate in Welding"), ("kind", "trade-certificate"), ("level_eqf", null), ("nqf_framework", "XTQF"), ("nqf_edition", "2019"), ("nqf_level", "3"));
        await UntilAsync(verifier, "A certificate that states a level of the national framework", certificate[0].SdJwt, "valid", "valid", "not_anchored", ct);

        var recognition = new RecognitionJourney(options, Key(Cast.Centre), Steps);
        await recognition.PlayAsync(receive, present, verifier, diploma, ct);
        await ApproveAsync(receive, ct);

        Steps.Add(true, "The college revokes the first diploma", "with a reason, for every copy at once", $"{options.IssuerUrl}/console");
        await college.PostAsync($"/api/{Cast.College}/credentials/{id}/revocation", new JsonObject { ["reason"] = "Awarded by mistake" }, ct);
        await UntilAsync(verifier, "The first diploma after the college revoked it", diploma[3].SdJwt, "not_valid", "revoked", "valid", ct);
        await recognition.LookAgainAsync(ct);
    }

    // The wallet carries the signed list; it comes seconds after the registrations.
    private async Task<KnownVerifiers> CarryListAsync(OutboundFetch fetch, CancellationToken ct)
    {
        var address = $"{options.WalletUrl}/verifiers.jwt";
        var (list, _) = await Steps.WaitAsync(async () =>
            await fetch.GetAsync(new Uri(address), VerifierList.MediaType, VerifierList.MaxLength, ct) is FetchResult.Answer { IsSuccess: true } answer
            && VerifierList.TryRead(Encoding.UTF8.GetString(answer.Body), stack.ListSigners, out var carried, out _) ? carried : null, carried => carried?.Verifiers.Count >= 3, ct);
        if (list is not { Verifiers.Count: >= 3 }) throw new JourneyException("The wallet has no list of registered verifiers.");
        Steps.Add(true, "The wallet carries the signed list of registered verifiers", $"{list.Verifiers.Count} of {list.Authority}, good until {list.Expires:u}", address);
        return new KnownVerifiers(list);
    }

    private async Task<(string Id, IReadOnlyList<CredentialCopy> Copies)> IssueAsync(Api issuer, string slug, ReceiveCredentials receive, CancellationToken ct, params (string Claim, string? Value)[] others)
    {
        var name = Cast.Issuers.Single(m => m.Slug == slug).Name;
        var claims = new JsonObject
        {
            ["holder_name"] = "Amina Okoye-Reyes", ["holder_name_native"] = "أمينة أوكويي-رييس", ["title"] = "Diploma in Welding", ["kind"] = "diploma", ["occupation"] = "7212",
            ["level_eqf"] = 4, ["awarded_on"] = "2024-06-28", ["awarding_body"] = name, ["awarding_country"] = "XT", ["origin"] = "original",
        };
        foreach (var (claim, value) in others)
        {
            if (value is null) claims.Remove(claim);
            else claims[claim] = value;
        }
        var reference = $"JOURNEY-{Guid.NewGuid().ToString("n")[..8]}";
        var made = await issuer.PostAsync($"/api/{slug}/credentials", new JsonObject { ["type"] = "qualification", ["reference"] = reference, ["claims"] = claims }, ct);
        var offer = made["offer"]!.AsObject();
        Steps.Add(true, $"{name} signs a diploma", $"offer with a transaction code told apart ({offer["txCode"]})", (string?)offer["walletLink"]);

        var received = await receive.FromOfferAsync((string)offer["link"]!, (string?)offer["txCode"], 5, ct);
        if (received is not Reception.Received { Copies: var copies }) throw new JourneyException($"The wallet was refused: {((Reception.Refused)received).Why}");
        Steps.Add(copies.Count == 5 && copies.All(c => c.Compact is not null), "The wallet receives it", $"{copies.Count} one-time copies, each under its own key, each with a compact form for a QR", options.WalletUrl);
        return ((string)made["id"]!, copies);
    }

    // Types that need it wait for a second person; nothing is signed before.
    private async Task ApproveAsync(ReceiveCredentials receive, CancellationToken ct)
    {
        using var clerk = new Api(options.IssuerUrl, Key(Cast.Interior), options.Lan?.Own);
        using var approver = new Api(options.IssuerUrl, stack.Access.Single(a => a.Organisation == Cast.Interior).ApproverKey, options.Lan?.Own);
        var path = $"/api/{Cast.Interior}/credentials";
        var claims = new JsonObject { ["full_name"] = "Amina Okoye-Reyes", ["full_name_native"] = "أمينة أوكويي-رييس", ["birth_date"] = "1995", ["assurance"] = "document-checked", ["issuing_country"] = "XT" };
        var made = await clerk.PostAsync(path, new JsonObject { ["type"] = "person", ["reference"] = $"JOURNEY-{Guid.NewGuid().ToString("n")[..8]}", ["claims"] = claims }, ct);
        Steps.Add((string?)made["state"] == "awaiting" && made["offer"] is null, "A clerk of the ministry prepares an identity credential", "it waits for a second person; there is no offer yet", $"{options.IssuerUrl}/console/approvals");

        var asked = (string)(await approver.GetAsync($"{path}/{made["id"]}", ct))["asked"]!;
        await approver.PostAsync($"{path}/{made["id"]}/approval?asked={asked}", [], ct);
        var offer = (await clerk.GetAsync($"{path}/{made["id"]}", ct))["offer"]!.AsObject();
        var received = await receive.FromOfferAsync((string)offer["link"]!, (string?)offer["txCode"], 1, ct);
        Steps.Add(received is Reception.Received, "An approver agrees", "the wallet receives it");
    }

    // Seconds old: signed and whole, but not on the ledger yet. Honest until the anchor arrives.
    private async Task FreshAsync(Api verifier, CredentialCopy copy, CancellationToken ct)
    {
        var verdict = await verifier.PostAsync("/api/check", new JsonObject { ["credential"] = copy.SdJwt }, ct);
        Steps.Add(Reason(verdict) is "not_anchored" or "valid", "Checked at once, before its anchor", Words(verdict), options.VerifierUrl);
        await UntilAsync(verifier, "Checked again when its root is in the contract", copy.SdJwt, "valid", "valid", "not_anchored", ct);
    }

    private async Task AskAsync(PresentCredentials present, Api verifier, IReadOnlyList<CredentialCopy> held, CancellationToken ct)
    {
        var asked = await verifier.PostAsync("/api/requests", new JsonObject { ["template"] = "welder", ["flow"] = "cross_device" }, ct);
        await AnswerAsync(present, (string)asked["link"]!, held, ct);
        var result = await verifier.GetAsync($"/api/requests/{asked["id"]}", ct);
        var verdict = result["verdicts"]?.AsArray().FirstOrDefault()?["verdict"]?.AsObject() ?? throw new JourneyException($"No verdict: {result}");
        Steps.Add(Is(verdict, "valid", "valid"), "An employer asks “Is this person a qualified welder?” and the wallet answers", Words(verdict), $"{options.VerifierUrl}/ask");
        Evidence(verdict);
    }

    /// <summary>The wallet answers a request with all that was asked.</summary>
    internal static async Task AnswerAsync(PresentCredentials present, string link, IReadOnlyList<CredentialCopy> held, CancellationToken ct)
    {
        var (consent, refusal) = await present.ReviewAsync(link, held, ct);
        if (consent is null) throw new JourneyException($"The wallet refuses the request: {refusal}");
        if (await present.AnswerAsync(consent, held, ct) is Presented.Refused refused) throw new JourneyException($"The verifier refuses the answer: {refused.Why}");
    }

    private async Task ScanAsync(PresentCredentials present, Api verifier, CredentialCopy copy, CancellationToken ct)
    {
        var keys = TypeDefinition.Find("qualification")!.QrClaims.Select(c => c.Key).ToList();
        var length = 0;
        var (verdict, waited) = await WaitAsync(async () =>
        {
            var challenge = await verifier.PostAsync("/api/challenges", new JsonObject { ["template"] = "diploma" }, ct);
            var (answer, refusal) = present.AnswerKnown((string)challenge["text"]!, copy, keys);
            if (answer is null) throw new JourneyException($"The wallet does not answer the challenge: {refusal}");
            length = answer.Length;
            return await verifier.PostAsync($"/api/challenges/{challenge["id"]}/answer", new JsonObject { ["proof"] = answer }, ct);
        }, "not_anchored", ct);
        Steps.Add(Is(verdict, "valid", "valid"), $"An inspector scans the QR that answers a challenge ({length} characters)", $"{Words(verdict)}{waited}", $"{options.VerifierUrl}/scan");
    }

    private async Task CheckAsync(Api verifier, string what, string credential, string outcome, string reason, CancellationToken ct)
    {
        var verdict = await verifier.PostAsync("/api/check", new JsonObject { ["credential"] = credential }, ct);
        Steps.Add(Is(verdict, outcome, reason), what, Words(verdict), options.VerifierUrl);
    }

    private async Task UntilAsync(Api verifier, string what, string credential, string outcome, string reason, string meanwhile, CancellationToken ct)
    {
        var (verdict, waited) = await WaitAsync(() => verifier.PostAsync("/api/check", new JsonObject { ["credential"] = credential }, ct), meanwhile, ct);
        Steps.Add(Is(verdict, outcome, reason), what, $"{Words(verdict)}{waited}", options.VerifierUrl);
    }

    /// <summary>Repeats a check while its reason is <paramref name="meanwhile"/>: an anchor, or a fresh status list, is on its way.</summary>
    internal static Task<(JsonObject Verdict, string Waited)> WaitAsync(Func<Task<JsonObject>> check, string meanwhile, CancellationToken ct) =>
        Steps.WaitAsync(check, verdict => Reason(verdict) != meanwhile, ct);

    private void Evidence(JsonObject verdict)
    {
        if (verdict["ledger"] is not JsonObject ledger) return;
        Steps.Add((bool?)ledger["rootMatchesContract"] == true, "What the verdict rests on",
            $"entry {Short(ledger["entry"])} at index {ledger["index"]} of {ledger["log"]}, root {Short(ledger["root"])} of {ledger["size"]} entries, in the contract since block {ledger["block"]} (transaction {Short(ledger["transaction"])})", $"{options.IssuerUrl}/log/checkpoint");
    }

    private string Key(string slug) => stack.Access.Single(a => a.Organisation == slug).ApiKey;

    internal static bool Is(JsonObject verdict, string outcome, string reason) => (string?)verdict["outcome"] == outcome && Reason(verdict) == reason;

    private static string? Reason(JsonObject verdict) => (string?)verdict["reason"];

    /// <summary>Outcome, title and reason code of a verdict.</summary>
    internal static string Words(JsonObject verdict)
    {
        var strings = Strings.For("en");
        return $"{((string?)verdict["outcome"])?.Replace('_', ' ')} — {strings[$"verdict.{Reason(verdict)}.title"]} [{Reason(verdict)}]";
    }

    private static string Short(JsonNode? node) => node?.ToString() is { Length: > 12 } text ? text[..12] + "…" : $"{node}";
}
