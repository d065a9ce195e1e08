using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Mirror.Serving;

/// <summary>The chain's acts that concern one organisation, in their order. Call under the lock of the data.</summary>
internal static class OrganisationHistory
{
    public static IReadOnlyList<MirrorAct> Of(MirrorData data, byte[] organisation)
    {
        var granted = new Dictionary<ulong, byte[]>();      // accreditation → holder
        var parents = new Dictionary<ulong, ulong?>();
        var verifiers = new Dictionary<ulong, byte[]>();    // registration → authority
        var used = new HashSet<string>();
        var acts = new List<MirrorAct>();
        foreach (var registryEvent in data.Acts)
        {
            switch (registryEvent)
            {
                case RegistryEvent.OrganisationRegistered e when Is(e.Id):
                    Add(e, "registered");
                    break;
                case RegistryEvent.OrganisationChanged e when Is(e.Id):
                    Add(e, "changed");
                    break;
                case RegistryEvent.SupervisionChanged e when Is(e.Id):
                    Add(e, "supervised", a => a with { Number = e.Supervisor });
                    break;
                case RegistryEvent.AccreditationGranted e:
                    if (!granted.TryAdd(e.Number, e.Holder)) break;
                    parents[e.Number] = e.Parent;
                    if (Is(e.Holder)) Add(e, "accredited", a => Granted(a, e, Accreditor(e.Number)));
                    if (Accreditor(e.Number) is { } by && Is(by)) Add(e, "granted", a => Granted(a, e, e.Holder));
                    break;
                case RegistryEvent.AccreditationWithdrawn e when granted.TryGetValue(e.Number, out var holder):
                    if (Is(holder)) Add(e, "accreditation_withdrawn", a => With(a, Accreditor(e.Number)) with { Number = e.Number, Until = Seconds(e.At) });
                    if (Accreditor(e.Number) is { } grantor && Is(grantor)) Add(e, "grant_withdrawn", a => With(a, holder) with { Number = e.Number, Until = Seconds(e.At) });
                    break;
                // A key that the reader did not take, because its thumbprint is another point's, is not the organisation's.
                case RegistryEvent.KeyAdded e when Is(e.Organisation) && data.Registry.FindKeys(e.Thumbprint).Any(key => Is(key.Organisation)):
                    Add(e, "key_added", a => a with { Key = Base64Url.Encode(e.Thumbprint), From = Seconds(e.From) });
                    break;
                case RegistryEvent.KeyEnded e when Is(e.Organisation):
                    Add(e, e.Reason == KeyEnding.Compromised ? "key_compromised" : "key_retired", a => a with { Key = Base64Url.Encode(e.Thumbprint), Until = Seconds(e.EndedAt) });
                    break;
                case RegistryEvent.LogUsed e when Is(e.Organisation):
                    used.Add(Convert.ToHexString(e.Log));
                    Add(e, "log_used", a => a with { Log = Origin(e.Log) });
                    break;
                case RegistryEvent.LogChanged e when used.Contains(Convert.ToHexString(e.Log)):
                    Add(e, "log_changed", a => a with { Log = Origin(e.Log), Key = Convert.ToHexStringLower(e.Ed25519Key) });
                    break;
                case RegistryEvent.VerifierRegistered e when Is(e.Authority):
                    verifiers[e.Number] = e.Authority;
                    Add(e, "verifier_registered", a => a with { Number = e.Number, Until = Seconds(e.Until) });
                    break;
                case RegistryEvent.VerifierWithdrawn e when verifiers.ContainsKey(e.Number):
                    Add(e, "verifier_withdrawn", a => a with { Number = e.Number });
                    break;
                case RegistryEvent.OrganisationClosed e:
                    if (Is(e.Organisation)) Add(e, "closed", a => With(a, e.Depositary));
                    else if (Is(e.Depositary)) Add(e, "named_depositary", a => With(a, e.Organisation));
                    break;
                case RegistryEvent.ClosingUndone e when Is(e.Organisation):
                    Add(e, "closing_undone");
                    break;
                case RegistryEvent.DepositaryNamed e:
                    if (Is(e.Organisation)) Add(e, "depositary_named", a => With(a, e.Depositary));
                    else if (Is(e.Depositary)) Add(e, "named_depositary", a => With(a, e.Organisation));
                    break;
                case RegistryEvent.DepositAccepted e:
                    if (Is(e.Organisation)) Add(e, "deposit_accepted", a => With(a, e.Depositary));
                    else if (Is(e.Depositary)) Add(e, "accepted_deposit", a => With(a, e.Organisation));
                    break;
            }
        }

        return acts;

        bool Is(byte[] id) => id.AsSpan().SequenceEqual(organisation);

        byte[]? Accreditor(ulong number) => parents[number] is { } parent ? granted.GetValueOrDefault(parent) : null;

        string? Origin(byte[] log) => data.Logs.GetValueOrDefault(Convert.ToHexString(log))?.Origin;

        void Add(RegistryEvent e, string what, Func<MirrorAct, MirrorAct>? more = null)
        {
            var act = new MirrorAct(what, Seconds(e.Place.BlockTime), e.Place.Block, e.Place.BlockHash, e.Place.Transaction);
            acts.Add(more is null ? act : more(act));
        }

        // Zeros where no depositary is named.
        MirrorAct With(MirrorAct act, byte[]? other) => other is null || !other.AsSpan().ContainsAnyExcept((byte)0)
            ? act
            : act with { Other = Convert.ToHexStringLower(other), OtherName = data.Registry.FindOrganisation(other)?.Name };

        MirrorAct Granted(MirrorAct act, RegistryEvent.AccreditationGranted e, byte[]? other) => With(act, other) with
        {
            Number = e.Number,
            Parent = e.Parent,
            Rights = Rights(e.Right),
            Scope = Convert.ToHexStringLower(e.ScopeId),
            From = Seconds(e.From),
            Until = e.Until is { } until ? Seconds(until) : null,
        };
    }

    internal static DateTime Seconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds()).UtcDateTime;

    private static string[] Rights(AccreditationRight right) =>
        [.. new[] { (AccreditationRight.Issue, "issue"), (AccreditationRight.Accredit, "accredit") }.Where(r => right.HasFlag(r.Item1)).Select(r => r.Item2)];
}
