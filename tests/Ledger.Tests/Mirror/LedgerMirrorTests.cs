using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.Verdicts;
using Identity.Ledger.Registry;
using Identity.Ledger.Tests.Log;
using RegistryChain = Identity.Ledger.Tests.Registry.Chain;

namespace Identity.Ledger.Tests.Mirror;

public class LedgerMirrorTests
{
    private static readonly ScopeFacts Qualification = new(MirrorBench.Type, null, null, null, null, null, null, []);
    private static readonly DateTimeOffset Past = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task It_knows_who_may_issue_what_with_which_key_and_since_when()
    {
        await using var bench = await MirrorBench.StartAsync();
        await bench.RegisterAsync(keyFrom: Past, grantedFrom: Past);

        Assert.Null(await bench.Mirror.RefreshAsync(default));

        var college = bench.Mirror.FindOrganisationByIssuer("https://issuer.example/college")!;
        Assert.Equal("Port Selin Technical College", college.Name);
        Assert.True(college.Demonstration);
        Assert.Equal(MirrorBench.College.Id(), bench.Mirror.FindOrganisation(college.Id)!.Id);
        Assert.Null(bench.Mirror.FindOrganisationByIssuer("https://issuer.example/College"));
        var key = Assert.Single(bench.Mirror.FindKeys(bench.CollegeKey.Thumbprint().AsSpan(0, 8)));
        Assert.Equal(key, Assert.Single(bench.Mirror.FindKeys(bench.CollegeKey.Thumbprint())));
        Assert.Empty(bench.Mirror.FindKeys(bench.CollegeKey.Thumbprint().AsSpan(0, 7)));
        Assert.Equal(college.Id, key.Organisation);
        Assert.True(key.From > Past.AddYears(1), "a date before the block is display text only");
        Assert.Null(key.EndedAt);
        var chain = Assert.Single(bench.Mirror.Chains(college.Id));
        Assert.Equal("Talmara Ministry of Education → Port Selin Technical College", chain.Names());
        Assert.Equal(Past, chain.Leaf.From);
        Assert.Equal(GapReason.NotYet, chain.GapFor(Past.AddDays(1), Qualification)!.Value.Gap.Reason);
        Assert.Null(chain.GapFor(chain.Leaf.GrantedAt, Qualification));
    }

    [Fact]
    public async Task It_knows_when_the_ministry_was_withdrawn_in_whose_log_is_recorded_and_how_a_college_was_closed()
    {
        await using var bench = await MirrorBench.StartAsync();
        await bench.RegisterAsync(Past, Past);
        var (registry, college) = (bench.Chain.Open(), MirrorBench.College.Id());
        await bench.Mirror.RefreshAsync(default);
        var origin = Assert.Single(bench.Mirror.Logs).Origin;
        Assert.Null(Assert.Single(bench.Mirror.Chains(college)).Links[0].WithdrawnAt);
        Assert.False(bench.Mirror.UsesLog(college, origin, DateTimeOffset.MaxValue));
        Assert.Null(bench.Mirror.Closing(college));

        var used = RegistryChain.Event<RegistryEvent.LogUsed>(await registry.UseLogAsync(bench.CollegeAccount, college, RegistryClient.LogId(origin)));
        var withdrawn = RegistryChain.Event<RegistryEvent.AccreditationWithdrawn>(await registry.WithdrawAsync(bench.Chain.Governor, bench.Root, Past.AddYears(1)));
        var lists = new FinalList[] { new($"{MirrorBench.College.Issuer}/status/1", new byte[32]) };
        var closed = RegistryChain.Event<RegistryEvent.OrganisationClosed>(await registry.CloseOrganisationAsync(bench.CollegeAccount, college, null, ClosingStatement.Write(college, lists, new Dictionary<string, string> { ["en"] = "Closed." }, null)));
        await bench.Mirror.RefreshAsync(default);

        Assert.Equal(withdrawn.At, Assert.Single(bench.Mirror.Chains(college)).Links[0].WithdrawnAt);
        Assert.False(bench.Mirror.UsesLog(college, origin, used.Place.BlockTime.AddSeconds(-1)));
        Assert.True(bench.Mirror.UsesLog(college, origin, used.Place.BlockTime));
        Assert.False(bench.Mirror.UsesLog(MirrorBench.Ministry.Id(), origin, used.Place.BlockTime));
        var closing = bench.Mirror.Closing(college)!;
        Assert.Equal((closed.Place.BlockTime, lists[0].Uri), (closing.ClosedAt, Assert.Single(closing.FinalLists).Uri));
        Assert.Null(closing.Depositary);
        var packed = bench.Mirror.Packed(100)!;
        Assert.Equal((closed.Place.BlockTime, KeyEndReason.Retired), (packed.Organisations[1].Keys.Single().Record.EndedAt!.Value, packed.Organisations[1].Keys.Single().Record.Reason!.Value));
        Assert.Equal(closing.ClosedAt, packed.Organisations[1].Closing!.ClosedAt);
        Assert.Equal([1UL, 2UL], packed.Accreditations.Select(link => link.Number));

        (await registry.UndoClosingAsync(bench.Chain.Governor, college)).Require();
        await bench.Mirror.RefreshAsync(default);
        Assert.Null(bench.Mirror.Closing(college));
    }

    [Fact]
    public async Task A_date_in_the_future_counts_as_stated()
    {
        await using var bench = await MirrorBench.StartAsync();
        var future = new DateTimeOffset(2040, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await bench.RegisterAsync(keyFrom: future, grantedFrom: Past);

        await bench.Mirror.RefreshAsync(default);

        Assert.Equal(future, Assert.Single(bench.Mirror.FindKeys(bench.CollegeKey.Thumbprint())).From);
    }

    [Fact]
    public async Task Endings_and_withdrawals_are_known_after_the_next_look()
    {
        await using var bench = await MirrorBench.StartAsync();
        await bench.RegisterAsync(Past, Past);
        await bench.Mirror.RefreshAsync(default);
        var registry = bench.Chain.Open();
        var later = DateTimeOffset.UtcNow.AddDays(1);
        later = new DateTimeOffset(later.Ticks - (later.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        (await registry.EndKeyAsync(bench.CollegeAccount, MirrorBench.College.Id(), bench.CollegeKey.Thumbprint(), later, KeyEnding.Retired)).Require();
        (await registry.WithdrawAsync(bench.MinistryAccount, bench.Accreditation, later)).Require();

        await bench.Mirror.RefreshAsync(default);

        var key = Assert.Single(bench.Mirror.FindKeys(bench.CollegeKey.Thumbprint()));
        Assert.Equal((later, KeyEndReason.Retired), (key.EndedAt!.Value, key.Reason!.Value));
        Assert.Equal(later, Assert.Single(bench.Mirror.Chains(MirrorBench.College.Id())).Leaf.WithdrawnAt);
    }

    [Fact]
    public async Task Attack_a_key_under_anothers_thumbprint_is_not_known()
    {
        await using var bench = await MirrorBench.StartAsync();
        await bench.RegisterAsync(Past, Past);
        using var thief = Es256Key.Create();
        using var victim = Es256Key.Create();
        (await bench.Chain.Open().AddKeyAsync(bench.CollegeAccount, MirrorBench.College.Id(), victim.PublicKey.Thumbprint(), Past, thief.PublicKey.XBytes(), thief.PublicKey.YBytes())).Require();

        await bench.Mirror.RefreshAsync(default);

        Assert.Empty(bench.Mirror.FindKeys(victim.PublicKey.Thumbprint()));
        Assert.Empty(bench.Mirror.FindKeys(thief.PublicKey.Thumbprint()));
    }

    [Fact]
    public async Task An_entry_has_its_evidence_from_issuing_to_the_chain()
    {
        await using var bench = await MirrorBench.StartAsync();
        Assert.Null(bench.Mirror.State.HeadTime);
        await bench.Chain.GrowAsync(1, 2, 3);
        await bench.Mirror.RefreshAsync(default);
        var logged = bench.Mirror.FindEntry(TestLog.Entry(2))!;
        Assert.Null(logged.AnchoredAt);
        Assert.False(logged.RootMatchesContract);

        await bench.AnchorAsync(4);
        await bench.Mirror.RefreshAsync(default);

        var found = bench.Mirror.FindEntry(TestLog.Entry(2))!;
        Assert.True(found.Trusted && found.RootMatchesContract);
        Assert.Equal((bench.Chain.Log.Name, 4), (found.Log, found.Size));
        Assert.Equal(31337, found.ChainId);
        Assert.True(DateTimeOffset.UtcNow - found.AnchoredAt < TimeSpan.FromMinutes(5));
        Assert.NotNull(found.Transaction);
        Assert.Null(bench.Mirror.FindEntry(TestLog.Entry(99)));
        Assert.Null(bench.Mirror.FindEntry([1, 2, 3]));
        Assert.NotNull(bench.Mirror.State.HeadTime);
        Assert.Empty(bench.Mirror.State.Alarms);
        var log = Assert.Single(bench.Mirror.Logs);
        Assert.Equal((4, 4), (log.Size, log.Anchored));
        Assert.Null(log.Problem);
    }

    [Fact]
    public async Task With_node_and_log_gone_a_restart_still_answers_and_says_how_old_it_is()
    {
        await using var bench = await MirrorBench.StartAsync();
        await bench.RegisterAsync(Past, Past);
        await bench.AnchorAsync(1, 2, 3);
        await bench.Mirror.RefreshAsync(default);
        var read = bench.Mirror.State.HeadTime!.Value;
        await bench.Chain.Node.DisposeAsync();
        await bench.Site.DisposeAsync();

        bench.Restart();

        Assert.NotNull(bench.Mirror.FindEntry(TestLog.Entry(2))!.AnchoredAt);
        Assert.NotNull(bench.Mirror.FindOrganisation(MirrorBench.College.Id()));
        Assert.NotNull(await bench.Mirror.RefreshAsync(default));
        Assert.NotNull(bench.Mirror.NotReady);
        Assert.Equal(read.ToUnixTimeSeconds(), bench.Mirror.State.HeadTime!.Value.ToUnixTimeSeconds());
        Assert.NotNull(bench.Mirror.FindEntry(TestLog.Entry(2))!.AnchoredAt);
    }

    [Fact]
    public async Task A_wiped_local_node_is_read_anew_in_development()
    {
        await using var bench = await MirrorBench.StartAsync();
        bench.Settings.Development = true;
        await bench.RegisterAsync(Past, Past);
        await bench.AnchorAsync(1, 2, 3);
        await bench.Mirror.RefreshAsync(default);
        var before = bench.Mirror.FindEntry(TestLog.Entry(2))!;

        await bench.Chain.WipeAsync();
        await bench.AnchorAsync(4);
        Assert.Null(await bench.Mirror.RefreshAsync(default));

        var after = bench.Mirror.FindEntry(TestLog.Entry(2))!;
        Assert.True(after.Trusted);
        Assert.NotEqual(before.Transaction, after.Transaction);
        Assert.Equal(4, after.Size);
        Assert.Empty(bench.Mirror.State.Alarms);
        Assert.Null(bench.Mirror.FindOrganisation(MirrorBench.College.Id())); // nobody has registered it again
    }

    [Fact]
    public async Task Attack_another_chain_in_its_place_is_an_alarm_that_survives_a_restart()
    {
        await using var bench = await MirrorBench.StartAsync();
        await bench.RegisterAsync(Past, Past);
        await bench.AnchorAsync(1, 2, 3);
        await bench.Mirror.RefreshAsync(default);

        await bench.Chain.WipeAsync();
        for (var block = 0; block < 10; block++) await bench.Chain.TellAsync("evm_mine");
        bench.Restart();
        Assert.NotNull(await bench.Mirror.RefreshAsync(default));

        Assert.Contains("ledger", bench.Mirror.State.Alarms);
        Assert.False(bench.Mirror.FindEntry(TestLog.Entry(2))!.Trusted);
        bench.Restart();
        Assert.Contains("ledger", bench.Mirror.State.Alarms);
        Assert.False(bench.Mirror.FindEntry(TestLog.Entry(2))!.Trusted);
    }

    [Fact]
    public async Task A_node_that_fell_back_is_not_ready_and_no_alarm()
    {
        await using var bench = await MirrorBench.StartAsync();
        await bench.AnchorAsync(1, 2, 3);
        var early = await bench.Chain.TellAsync("evm_snapshot");
        await bench.Chain.TellAsync("evm_mine");
        Assert.Null(await bench.Mirror.RefreshAsync(default));
        var read = bench.Mirror.State.HeadTime;

        await bench.Chain.TellAsync("evm_revert", early);
        Assert.NotNull(await bench.Mirror.RefreshAsync(default));
        bench.Restart(); // a fresh client that has never seen the higher head
        Assert.NotNull(await bench.Mirror.RefreshAsync(default));

        Assert.Empty(bench.Mirror.State.Alarms);
        Assert.NotNull(bench.Mirror.FindEntry(TestLog.Entry(2))!.AnchoredAt);
        Assert.NotNull(read);
    }

    [Fact]
    public async Task Every_entry_of_a_large_batch_is_found()
    {
        await using var bench = await MirrorBench.StartAsync();
        await bench.AnchorAsync([.. Enumerable.Range(0, 1000)]);

        await bench.Mirror.RefreshAsync(default);

        foreach (var entry in Enumerable.Range(0, 1000).Select(TestLog.Entry)) Assert.NotNull(bench.Mirror.FindEntry(entry)!.AnchoredAt);
    }
}
