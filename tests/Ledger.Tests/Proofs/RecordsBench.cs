using System.Text;
using Identity.Credentials.Accreditation;
using Identity.Ledger.Evm;
using Identity.Ledger.Log;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Anchoring;
using Identity.Ledger.Tests.Registry;

namespace Identity.Ledger.Tests.Proofs;

/// <summary>A college under a ministry on a network of validators, and receipts that carry their records.</summary>
internal sealed class RecordsBench : IAsyncDisposable
{
    private readonly EvmAccount _ministry = EvmAccount.Create(), _college = EvmAccount.Create();
    private readonly OrganisationProfile _above = Chain.Profile("Ministry"), _below = Chain.Profile("College");

    public SealedBench Sealed { get; private init; } = null!;

    public byte[] Key { get; } = Chain.Some(32);

    public byte[] Stranger { get; private set; } = [];

    public ulong Root { get; private set; }

    public ulong Leaf { get; private set; }

    public static async Task<RecordsBench> StartAsync(bool usesLog = true)
    {
        var bench = new RecordsBench { Sealed = await SealedBench.StartAsync() };
        var (registry, governor) = (bench.Sealed.Registry, bench.Sealed.Governor);
        (await registry.RegisterOrganisationAsync(governor, bench._above, bench._ministry.Address, OrganisationRoles.Accreditor)).Require();
        (await registry.RegisterOrganisationAsync(governor, bench._below, bench._college.Address, OrganisationRoles.Issuer)).Require();
        var since = DateTimeOffset.UnixEpoch;
        bench.Root = Chain.Granted(await registry.AdmitRootAsync(governor, bench._above.Id(), AccreditationRight.Accredit, new Scope(null), since, null));
        bench.Leaf = Chain.Granted(await registry.GrantAsync(bench._ministry, bench.Root, bench._below.Id(), AccreditationRight.Issue, new Scope(["urn:x"]), since, null));
        (await registry.AddKeyAsync(bench._college, bench._below.Id(), bench.Key, since, Chain.Some(32), Chain.Some(32))).Require();
        if (usesLog) (await registry.UseLogAsync(bench._college, bench._below.Id(), bench.Sealed.LogId)).Require();
        await bench.Sealed.AnchorAsync(1, 2, 3);
        await bench.Sealed.KeepAsync();
        return bench;
    }

    /// <summary>The key is retired and the college closes.</summary>
    public async Task EndAsync()
    {
        (await Sealed.Registry.EndKeyAsync(_college, _below.Id(), Key, (await Sealed.Network.HeaderAsync(await Sealed.Network.MineAsync())).Header.Time, KeyEnding.Retired)).Require();
        (await Sealed.Registry.CloseOrganisationAsync(_college, _below.Id(), null, "{}")).Require();
    }

    /// <summary>The receipt of entry 2, with the records as they stand after the newest block.</summary>
    /// <param name="strangersKey">A key that nobody registered, in the place of the college's.</param>
    /// <param name="withLog">Whether it says that the college records in this log.</param>
    /// <param name="withClosing">Whether it says that the college has not closed, or has.</param>
    public async Task<LogReceipt> ReceiptAsync(byte[]? strangersKey = null, bool withLog = true, bool withClosing = true)
    {
        var kept = ReceiptCheckTests.Json((await Sealed.ReceiptAsync(2)).Receipt);
        Assert.True(LogReceipt.TryParse(Encoding.UTF8.GetBytes(kept.ToJsonString()), out var read, out var reason), reason);
        var head = await Sealed.Network.MineAsync(0);
        byte[][] slots =
        [
            RegistrySlots.RootAt(Sealed.LogId, 3), .. RegistrySlots.Log(Sealed.LogId), .. RegistrySlots.Key(strangersKey ?? Key), RegistrySlots.Organisation(_below.Id()),
            .. RegistrySlots.Accreditation(Root), .. RegistrySlots.Accreditation(Leaf),
            .. withLog ? [RegistrySlots.LogSince(_below.Id(), Sealed.LogId)] : Array.Empty<byte[]>(), .. withClosing ? RegistrySlots.Closing(_below.Id()) : [],
        ];
        Stranger = strangersKey ?? Stranger;
        var proof = await Sealed.Registry.Evm.ProveAsync(Sealed.Registry.Contract, slots, head);
        var header = await Sealed.Network.HeaderAsync(head);
        return read[0] with { State = new SealedState(Sealed.Network.Consensus, header.Header.Encode(), proof, [], header.Header.Time) };
    }

    public async ValueTask DisposeAsync()
    {
        await Sealed.DisposeAsync();
        _ministry.Dispose();
        _college.Dispose();
    }
}
