using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Identity.Credentials.Compact;
using Identity.Credentials.SdJwt;
using Identity.Credentials.Types;
using Identity.Credentials.Verifiers;
using Identity.Hosting;
using Identity.Wallet.Holder;
using Identity.Wallet.Verifiers;
using Microsoft.Extensions.Options;

namespace Identity.Wallet.Mandates;

/// <summary>A claim that is asked for.</summary>
/// <param name="Claim">Its name.</param>
/// <param name="Value">What would be shown, of the first card that fits.</param>
/// <param name="ByYes">It goes only where the person says yes to it by itself.</param>
internal sealed record AskedLine(string Claim, JsonNode? Value, bool ByYes);

/// <summary>A card that is asked for.</summary>
/// <param name="Vct">Its type.</param>
/// <param name="Fitting">Ids of the person's cards that fit; where there are several, the person chooses.</param>
/// <param name="Lines">What of it.</param>
internal sealed record AskedCard(string Vct, IReadOnlyList<string> Fitting, IReadOnlyList<AskedLine> Lines);

/// <summary>A question by a registered verifier, checked, and what became of it.</summary>
internal sealed class PutQuestion(Asking asking, string purpose, IReadOnlyList<AskedCard> cards)
{
    public string Id { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>Who asks, by the list.</summary>
    public Asking Asking { get; } = asking;

    /// <summary>What for, in the person's language where the registration has it.</summary>
    public string Purpose { get; } = purpose;

    public IReadOnlyList<AskedCard> Cards { get; } = cards;

    /// <summary>The question was a request over the network.</summary>
    public Consent? Request { get; init; }

    /// <summary>The question was a code.</summary>
    public CompactChallenge? Challenge { get; init; }

    /// <summary>It was answered; nothing answers it again.</summary>
    public bool Done { get; set; }

    /// <summary>The text for the answer's QR, for a code.</summary>
    public string? Answer { get; set; }

    /// <summary>The verifier did not take what was sent, and says this code.</summary>
    public string? Refused { get; set; }
}

/// <summary>Answers a verifier's question for a person who heard it read aloud and agreed. The wallet's rules hold: who is not registered gets nothing.</summary>
internal sealed class ShowForPerson(ActUnderMandate acts, VerifierListKeeper list, OutboundFetch fetch, IOptions<OutboundOptions> outbound, TimeProvider clock)
{
    /// <summary>Checks the question and puts it to the person. Nothing of the person's leaves.</summary>
    /// <returns>The question, or the reason why not: <c>over</c>, <c>scope</c>, <c>no_question</c>, <c>nothing_fits</c>, or the holder's code.</returns>
    public async Task<(PutQuestion? Question, string? Refusal)> ReviewAsync(Sitting sitting, string? text, CancellationToken ct)
    {
        if (await acts.FindAsync(sitting, ct) is not { } mandate) return (null, "over");
        if (!mandate.Permits(MandateScope.Show, clock.GetUtcNow())) return (null, "scope");
        var vault = await acts.ReadAsync(sitting, ct);
        text = text?.Trim() ?? "";
        var (question, refusal) = text.StartsWith(CompactChallenge.Prefix, StringComparison.Ordinal) ? Challenged(text, vault, mandate.Language)
            : IsRequest(text) ? await RequestedAsync(text, vault, mandate.Language, ct)
            : (null, "no_question");
        sitting.Question = question ?? sitting.Question;
        return (question, refusal);
    }

    /// <summary>The person agreed. Written down, then answered; sent twice, it is answered once.</summary>
    /// <param name="seat">Who acts.</param>
    /// <param name="sitting">With whom.</param>
    /// <param name="id">Of the question.</param>
    /// <param name="agreed">Claims that the person said yes to by themselves.</param>
    /// <param name="card">The card that the person chose, or null.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>Null when it was answered, else the reason.</returns>
    public async Task<string?> AnswerAsync(Seat seat, Sitting sitting, string id, IReadOnlyCollection<string> agreed, string? card, CancellationToken ct)
    {
        await sitting.Turn.WaitAsync(ct);
        try
        {
            if (sitting.Question is not { } question || question.Id != id) return "no_question";
            if (question.Done) return null;
            if (await acts.FindAsync(sitting, ct) is not { } mandate) return "over";
            if (!mandate.Permits(MandateScope.Show, clock.GetUtcNow())) return "scope";
            var vault = await acts.ReadAsync(sitting, ct);
            // The card that the person chose first, and of each card the copy that fewest have seen.
            var copies = vault.Cards.OrderByDescending(one => one.Id == card).SelectMany(one => one.Copies.OrderBy(copy => copy.Uses)).Select(copy => copy.ToCopy()).ToList();
            return question.Challenge is not null ? await AnswerCodeAsync(seat, sitting, question, copies, agreed, ct) : await SendAsync(seat, sitting, question, copies, agreed, ct);
        }
        finally
        {
            sitting.Turn.Release();
        }
    }

    private async Task<string?> AnswerCodeAsync(Seat seat, Sitting sitting, PutQuestion question, List<CredentialCopy> copies, IReadOnlyCollection<string> agreed, CancellationToken ct)
    {
        var challenge = question.Challenge!;
        var type = TypeDefinition.Find(challenge.Type);
        if (copies.FirstOrDefault(one => Fits(one.Compact, challenge)) is not { } copy) return "nothing_fits";
        var optional = challenge.Optional.Where(key => agreed.Contains(type?.Claim(key)?.Name ?? "")).ToList();
        var (answer, refusal) = Holder().AnswerKnown(challenge.Text, copy, optional, agreed);
        if (answer is null) return refusal!.Code;
        var names = challenge.Required.Concat(optional).Select(key => type?.Claim(key)?.Name ?? $"{key}").ToList();
        if (!await WriteAsync(seat, sitting, question, [(copy, names)], ct)) return "over";
        (question.Answer, question.Done) = (answer, true);
        return null;
    }

    private async Task<string?> SendAsync(Seat seat, Sitting sitting, PutQuestion question, List<CredentialCopy> copies, IReadOnlyCollection<string> agreed, CancellationToken ct)
    {
        var consent = PresentCredentials.Rematch(question.Request!, copies);
        var (chosen, refusal) = PresentCredentials.Select(consent, copies, agreed);
        if (refusal is not null) return refusal.Code;
        if (!await WriteAsync(seat, sitting, question, [.. chosen.Select(one => (one.Copy, Names(one.Disclose)))], ct)) return "over";
        question.Done = true;
        question.Refused = await Holder().AnswerAsync(consent, copies, ct, agreed) is Presented.Refused refused ? refused.Why.Code : null;
        return null;
    }

    // The log of the desk has names of claims; who asked stands in what only the person opens.
    private Task<bool> WriteAsync(Seat seat, Sitting sitting, PutQuestion question, IReadOnlyList<(CredentialCopy Copy, IReadOnlyList<string> Names)> shown, CancellationToken ct)
    {
        var about = string.Join("; ", shown.Select(one => $"{TypeDefinition.Find(one.Copy.Vct)?.Name ?? one.Copy.Vct}: {string.Join(", ", one.Names)}"));
        var showing = new KeptShowing(clock.GetUtcNow(), question.Asking.Verifier?.Name ?? "", question.Purpose, [.. shown.SelectMany(one => one.Names)]);
        return acts.DoAsync(seat, sitting, MandateScope.Show, "shown", about,
            vault => shown.Aggregate(vault, (kept, one) => kept.Used(one.Copy.SdJwt)) with { Shown = [.. vault.Shown, showing] }, ct);
    }

    private (PutQuestion?, string?) Challenged(string text, Vault vault, string language)
    {
        if (!CompactChallenge.TryParse(text, out var challenge, out _)) return (null, "no_question");
        var asking = new KnownVerifiers(list.Current?.List).Judge(challenge, clock.GetUtcNow());
        if (KnownVerifiers.RefusalOf(asking) is { } stop) return (null, stop.Code);
        var fitting = vault.Cards.Where(card => card.Vct == challenge.Type && card.Copies.Any(copy => Fits(copy.ToCopy().Compact, challenge))).ToList();
        if (fitting.Count == 0) return (null, "nothing_fits");
        var type = TypeDefinition.Find(challenge.Type);
        var values = fitting[0].Read().ToDictionary(one => one.Claim.Name, one => one.Value);
        List<(string Claim, bool Optional)> names = [.. challenge.Required.Select(key => (Name(key), false)), .. challenge.Optional.Select(key => (Name(key), true))];
        var off = ConsentDefaults.Off(type, names, [.. asking.Extra.Select(one => one.Claim)]);
        var lines = names.Where(one => !one.Optional || values.ContainsKey(one.Claim)).Select(one => new AskedLine(one.Claim, values.GetValueOrDefault(one.Claim), one.Optional || off.Contains(one.Claim)));
        var asked = new AskedCard(challenge.Type, [.. fitting.Select(card => card.Id)], [.. lines.OrderBy(line => line.ByYes)]);
        return (new PutQuestion(asking, asking.Purpose?.TextFor(language) ?? challenge.Purpose, [asked]) { Challenge = challenge }, null);

        string Name(int key) => type?.Claim(key)?.Name ?? $"{key}";
    }

    private async Task<(PutQuestion?, string?)> RequestedAsync(string link, Vault vault, string language, CancellationToken ct)
    {
        var copies = vault.Cards.SelectMany(card => card.Copies.OrderBy(copy => copy.Uses)).Select(copy => copy.ToCopy()).ToList();
        var (consent, refusal) = await Holder().ReviewAsync(link, copies, ct);
        if (consent is null) return (null, refusal!.Code == "access_denied" ? "nothing_fits" : refusal.Code);
        var cards = new List<AskedCard>();
        var (chosen, needed) = PresentCredentials.Select(consent, copies, []);
        foreach (var id in consent.Match.Choices.Where(c => c.Required).SelectMany(c => c.Options[0]))
        {
            var candidate = consent.Match.Candidates[id][0].Credential;
            var closed = PresentCredentials.Closed(consent, id);
            var all = consent.Request.Query.Find(id)!.Claims.Select(KnownVerifiers.NameOf).Distinct().Where(name => candidate.Claims[name] is not null).ToList();
            var open = needed is null ? Names(chosen.First(one => one.Id == id).Disclose) : [.. all.Except(closed)];
            var fitting = vault.Cards.Where(card => card.Vct == candidate.Vct && consent.Match.Candidates[id].Any(one => card.Copies.Any(copy => copy.ToCopy() is var held && PresentCredentials.Is(one.Credential, held)))).Select(card => card.Id);
            cards.Add(new AskedCard(candidate.Vct, [.. fitting], [.. open.Select(name => new AskedLine(name, candidate.Claims[name], false)), .. closed.Except(open).Select(name => new AskedLine(name, candidate.Claims[name], true))]));
        }
        var asking = consent.Asking!;
        return (new PutQuestion(asking, asking.Purpose?.TextFor(language) ?? "", cards) { Request = consent }, null);
    }

    private PresentCredentials Holder() => new(fetch, outbound, clock, new KnownVerifiers(list.Current?.List));

    private static bool Fits(CompactCredential? compact, CompactChallenge challenge) =>
        compact is not null && compact.Issuer.Type == challenge.Type && challenge.Required.All(key => compact.Leaves.Any(leaf => leaf.Key == key));

    private static IReadOnlyList<string> Names(IEnumerable<ClaimPath> paths) => [.. paths.Select(path => path.Segments[0] as string ?? "").Distinct()];

    // A page's address in a code is no question: it may lead anywhere.
    private static bool IsRequest(string text) =>
        text.StartsWith("openid4vp:", StringComparison.OrdinalIgnoreCase) || text.StartsWith("haip-vp:", StringComparison.OrdinalIgnoreCase)
        || (text.StartsWith("http", StringComparison.OrdinalIgnoreCase) && text.Contains("#present?", StringComparison.Ordinal));
}
