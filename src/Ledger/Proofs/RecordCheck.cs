using Identity.Credentials.Accreditation;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Proofs;

/// <summary>What proven records say of whoever signed: the key, its organisation, who entitled that, whether it closed. A record that is not in the proof is noted, and says nothing.</summary>
internal static class RecordCheck
{
    private const ulong MostAccreditations = 20_000;

    /// <summary>The steps.</summary>
    /// <param name="held">Proven slots.</param>
    /// <param name="thumbprint">The key that signed.</param>
    /// <param name="time">The header's time: the entry stood in the log by then.</param>
    /// <param name="isExact">It was recorded at this time; else at this time or before.</param>
    /// <param name="log">The log it was recorded in, 32 bytes.</param>
    public static IEnumerable<ReceiptStep> Run(RegistryState held, byte[]? thumbprint, DateTimeOffset time, bool isExact, byte[] log)
    {
        if (thumbprint is null || !held.Has(RegistrySlots.Key(thumbprint)))
        {
            yield return new("key", StepResult.Noted, "the receipt proves when the entry was recorded; whose key signed the credential is not in it");
            yield break;
        }
        if (held.Key(thumbprint) is not { } key)
        {
            yield return new("key", StepResult.NotProven, "the registry held no such key");
            yield break;
        }
        yield return KeyStep(key, time, isExact);
        if (held.Has([RegistrySlots.Organisation(key.Organisation)]))
            yield return held.Organisation(key.Organisation) is { } organisation
                ? new("organisation", StepResult.Proven, $"{Convert.ToHexStringLower(key.Organisation)} is registered, account {organisation.Account}")
                : new("organisation", StepResult.NotProven, "the registry held no such organisation");
        if (ChainStep(held, key.Organisation, time, isExact) is { } chain) yield return chain;
        yield return LogStep(held, key.Organisation, time, log);
        yield return ClosingStep(held, key.Organisation, time, isExact);
    }

    // Whoever gave the receipt chose what it carries: what could speak against the key must be there, or nobody can tell.
    private static ReceiptStep LogStep(RegistryState held, byte[] organisation, DateTimeOffset time, byte[] log)
    {
        if (!held.Has([RegistrySlots.LogSince(organisation, log)])) return new("log", StepResult.CannotTell, "whether the organisation records in this log is not in the proof");
        return held.LogSince(organisation, log) is { } since && since <= time
            ? new("log", StepResult.Proven, $"the organisation records in this log since {since:u}") : new("log", StepResult.NotProven, $"the organisation did not record in this log by {time:u}");
    }

    private static ReceiptStep ClosingStep(RegistryState held, byte[] organisation, DateTimeOffset time, bool isExact)
    {
        if (!held.Has(RegistrySlots.Closing(organisation))) return new("closing", StepResult.CannotTell, "whether the organisation had closed is not in the proof");
        if (held.Closing(organisation) is not { } closing) return new("closing", StepResult.Proven, $"the organisation had not closed by {time:u}");
        var text = $"the organisation closed on {closing.ClosedAt:u}{(closing.Depositary is { } by ? $", its records are with {Convert.ToHexStringLower(by)}" : "")}";
        return isExact ? new("closing", StepResult.NotProven, $"{text}: before the entry was recorded") : new("closing", StepResult.CannotTell, $"{text}; whether the entry was recorded before that is not proven");
    }

    private static ReceiptStep KeyStep(RegisteredKey key, DateTimeOffset time, bool isExact)
    {
        var whose = $"the key belongs to {Convert.ToHexStringLower(key.Organisation)}";
        if (time < key.From) return new("key", StepResult.NotProven, $"{whose}, and only since {key.From:u}");
        var ended = new[] { key.CompromisedAt, key.RetiredAt }.Where(end => end <= time).Min();
        if (ended is null) return new("key", StepResult.Proven, $"{whose}, in force on {time:u}");
        var word = key.CompromisedAt <= time ? "reported stolen" : "retired";
        return isExact
            ? new("key", StepResult.NotProven, $"{whose}, and was {word} on {ended:u}, before the entry was recorded")
            : new("key", StepResult.CannotTell, $"{whose}, and was {word} on {ended:u}; whether the entry was recorded before that is not proven");
    }

    // Numbers are not written beside the slots; those that are proven are found by trying.
    private static ReceiptStep? ChainStep(RegistryState held, byte[] organisation, DateTimeOffset time, bool isExact)
    {
        var proven = held.Accreditations(MostAccreditations).ToDictionary(pair => pair.Number, pair => pair.Accreditation);
        if (proven.Count == 0) return null;
        var best = new ReceiptStep("accreditation", StepResult.CannotTell, "no accreditation of this organisation is in the proof");
        foreach (var (number, leaf) in proven.Where(pair => pair.Value.Holder.AsSpan().SequenceEqual(organisation) && pair.Value.Right.HasFlag(AccreditationRight.Issue)))
        {
            var step = Walk(proven, number, leaf, time, isExact);
            if (step.Result == StepResult.Proven) return step;
            best = step;
        }
        return best;
    }

    private static ReceiptStep Walk(Dictionary<ulong, RegisteredAccreditation> proven, ulong number, RegisteredAccreditation link, DateTimeOffset time, bool isExact)
    {
        var way = new List<ulong>();
        while (way.Count < AccreditationChain.MaxLinks)
        {
            way.Add(number);
            if (time < link.From || time < link.GrantedAt) return new("accreditation", StepResult.NotProven, $"number {number} holds only from {(link.From > link.GrantedAt ? link.From : link.GrantedAt):u}");
            if (new[] { link.Until, link.WithdrawnAt }.Where(end => end <= time).Min() is { } end)
                return new("accreditation", isExact ? StepResult.NotProven : StepResult.CannotTell, $"number {number} ended on {end:u}{(isExact ? "" : "; whether the entry was recorded before that is not proven")}");
            if (link.Parent is not { } parent)
                return new("accreditation", StepResult.Proven, $"the organisation may issue by {string.Join(" under ", way.Select(n => $"number {n}"))}, each in force on {time:u}; for which types, its scope says, whose text is not in the receipt");
            if (!proven.TryGetValue(parent, out var above)) return new("accreditation", StepResult.CannotTell, $"number {parent}, above number {number}, is not in the proof");
            if (!above.Right.HasFlag(AccreditationRight.Accredit)) return new("accreditation", StepResult.NotProven, $"number {parent} gives no right to accredit");
            (number, link) = (parent, above);
        }
        return new("accreditation", StepResult.NotProven, "the chain of accreditations has no end");
    }
}
