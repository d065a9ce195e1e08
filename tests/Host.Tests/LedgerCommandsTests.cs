using Identity.Credentials.Accreditation;
using Identity.Host.Network;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Host.Tests;

/// <summary>Those who govern a network, and who accredits, at their command lines, on a real node.</summary>
public sealed class LedgerCommandsTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("network").FullName;
    private readonly HttpClient _http = new();
    private readonly StringWriter _output = new();
    private AnvilNode _node = null!;
    private LedgerCommands _commands = null!;

    public async Task InitializeAsync()
    {
        _node = await AnvilNode.StartAsync();
        _commands = new LedgerCommands(_http, _output);
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        _http.Dispose();
        _output.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_ministry_is_registered_and_admitted_by_two_of_three()
    {
        await DeployAsync(2);
        var profile = new OrganisationProfile("https://ministry.example", "Ministry", "Talmara", true, null);
        var (profileFile, scopeFile) = (Write("profile.json", profile.Canonical() + "\n"), Write("scope.json", new Scope(["urn:x"], Eqf: new LevelRange(1, 5)).Canonical()));
        var ministry = await AccountAsync("ministry.pem");
        var id = Convert.ToHexStringLower(profile.Id());

        Said(LedgerCommands.Done, "Proposed and approved: proposal 1.", await _commands.ProposeAsync(Network, Key(0), ["register-organisation", profileFile, ministry, "accreditor,verifier-authority"], default));
        Said(LedgerCommands.Done, $"1 1 approvals", await _commands.ListAsync(Network, all: false, default));
        Said(LedgerCommands.Done, "roles Accreditor, VerifierAuthority", await _commands.ListAsync(Network, all: false, default));
        Said(LedgerCommands.Refused, "AlreadyApproved", await _commands.ApproveAsync(Network, Key(0), 1, default));
        Said(LedgerCommands.Done, "Approved: proposal 1, carried out.", await _commands.ApproveAsync(Network, Key(1), 1, default));
        Said(LedgerCommands.Done, "Nothing is open.", await _commands.ListAsync(Network, all: false, default));
        Said(LedgerCommands.Done, "proposal 2", await _commands.ProposeAsync(Network, Key(2), ["admit-root", id, scopeFile, "accredit", "2030-12-31"], default));
        Said(LedgerCommands.Done, "until 2031-01-01", await _commands.ApproveAsync(Network, Key(0), 2, default));

        var file = NetworkFile.Read(Network);
        var granted = (await new RegistryClient(file.Open(_http), file.Registry).FindAccreditationAsync(1))!;
        Assert.Equal(profile.Id(), granted.Holder);
        Assert.Equal(new Scope(["urn:x"], Eqf: new LevelRange(1, 5)).Id(), granted.ScopeId);

        // What it holds it hands on by itself.
        Said(LedgerCommands.Refused, "NotEntitled", await _commands.GrantAsync(Network, Key(0), 1, id, scopeFile, "issue", null, default));
        Said(LedgerCommands.Usage, "is no right", await _commands.GrantAsync(Network, Pem("ministry"), 1, id, scopeFile, "reign", null, default));
        var college = new OrganisationProfile("https://college.example", "College", "Talmara", true, null);
        var collegeFile = Write("college.json", college.Canonical());
        Said(LedgerCommands.Done, "proposal 3", await _commands.ProposeAsync(Network, Key(0), ["register-organisation", collegeFile, await AccountAsync("college.pem"), "issuer"], default));
        Said(LedgerCommands.Done, "carried out", await _commands.ApproveAsync(Network, Key(1), 3, default));
        Said(LedgerCommands.Done, "Granted: accreditation 2 under 1", await _commands.GrantAsync(Network, Pem("ministry"), 1, Hex(college), scopeFile, "issue", "2029-12-31", default));
        Said(LedgerCommands.Done, "It is there already: accreditation 2 under 1", await _commands.GrantAsync(Network, Pem("ministry"), 1, Hex(college), scopeFile, "issue", "2029-12-31", default));
        Said(LedgerCommands.Done, "Granted: accreditation 3 under 1", await _commands.GrantAsync(Network, Pem("ministry"), 1, Hex(college), scopeFile, "issue", "2029-12-30", default));
        Said(LedgerCommands.Done, "2 done", await _commands.ListAsync(Network, all: true, default));

        // And takes it back: from a day to come, then from now; not from a day that is over, since nobody above it says so.
        Said(LedgerCommands.Refused, "NotAbove", await _commands.WithdrawAsync(Network, Pem("college"), 2, null, default));
        Said(LedgerCommands.Usage, "is no day", await _commands.WithdrawAsync(Network, Pem("ministry"), 2, "soon", default));
        Said(LedgerCommands.Refused, "UnknownAccreditation", await _commands.WithdrawAsync(Network, Pem("ministry"), 9, null, default));
        Said(LedgerCommands.Done, "from 2028-02-01 00:00:00Z on.", await _commands.WithdrawAsync(Network, Pem("ministry"), 2, "2028-02-01", default));
        Said(LedgerCommands.Done, "Granted: accreditation 4 under 1", await _commands.GrantAsync(Network, Pem("ministry"), 1, Hex(college), scopeFile, "issue", "2029-12-31", default)); // in force today, not until the day that is asked for
        Said(LedgerCommands.Done, "It is there already: accreditation 4 under 1", await _commands.GrantAsync(Network, Pem("ministry"), 1, Hex(college), scopeFile, "issue", "2029-12-31", default));
        Said(LedgerCommands.Done, "from 2029-12-31 00:00:00Z on.", await _commands.WithdrawAsync(Network, Pem("ministry"), 4, "2029-12-31", default));
        Said(LedgerCommands.Done, "Only who stands above its grantor dates it back.", await _commands.WithdrawAsync(Network, Pem("ministry"), 2, "2020-01-01", default));
        Assert.InRange((await new RegistryClient(file.Open(_http), file.Registry).FindAccreditationAsync(2))!.WithdrawnAt!.Value, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
        Said(LedgerCommands.Refused, "AlreadyWithdrawn", await _commands.WithdrawAsync(Network, Pem("ministry"), 2, null, default));
        Said(LedgerCommands.Done, "Granted: accreditation 5 under 1", await _commands.GrantAsync(Network, Pem("ministry"), 1, Hex(college), scopeFile, "issue", "2029-12-31", default)); // what was taken back is not there
        Said(LedgerCommands.Done, Hex(college), await _commands.IdAsync(collegeFile));
        Said(LedgerCommands.Usage, "profile", await _commands.IdAsync(scopeFile));
        Said(LedgerCommands.Done, "2 of 3 govern", await _commands.StatusAsync(Network, TimeSpan.Zero, default));
    }

    [Fact]
    public async Task Whoever_supervises_confirms_the_depositary_that_a_closed_college_named_itself()
    {
        await DeployAsync(1);
        var ministry = new OrganisationProfile("https://ministry.example", "Ministry", "Talmara", true, null);
        var (college, archive) = (ministry with { Issuer = "https://college.example" }, ministry with { Issuer = "https://archive.example" });
        foreach (var (name, profile, roles) in new[] { ("ministry", ministry, "accreditor"), ("college", college, "issuer"), ("archive", archive, "depositary") })
            Said(LedgerCommands.Done, "carried out", await _commands.ProposeAsync(Network, Key(0), ["register-organisation", Write($"{name}.json", profile.Canonical()), await AccountAsync($"{name}.pem"), roles], default));
        var scope = Write("scope.json", new Scope(["urn:x"]).Canonical());
        Said(LedgerCommands.Done, "carried out", await _commands.ProposeAsync(Network, Key(0), ["admit-root", Hex(ministry), scope, "accredit"], default));
        Said(LedgerCommands.Done, "Granted", await _commands.GrantAsync(Network, Pem("ministry"), 1, Hex(college), scope, "issue", null, default));
        var file = NetworkFile.Read(Network);
        var registry = new RegistryClient(file.Open(_http), file.Registry);
        using EvmAccount closing = EvmAccount.LoadFile(Pem("college")), accepting = EvmAccount.LoadFile(Pem("archive"));

        Said(LedgerCommands.Refused, "NotClosed", await _commands.NameDepositaryAsync(Network, Pem("ministry"), Hex(college), Hex(archive), default));
        (await registry.CloseOrganisationAsync(closing, college.Id(), archive.Id(), "{}")).Require();
        Assert.Equal("TooEarly", Assert.IsType<RegistryWrite.Refused>(await registry.AcceptDepositAsync(accepting, college.Id())).Error);
        Said(LedgerCommands.Refused, "NotAbove", await _commands.NameDepositaryAsync(Network, Pem("college"), Hex(college), Hex(archive), default));
        Said(LedgerCommands.Usage, "64 hexadecimal", await _commands.NameDepositaryAsync(Network, Pem("ministry"), Hex(college), "archive", default));
        Said(LedgerCommands.Done, $"Named: {Hex(archive)} takes over", await _commands.NameDepositaryAsync(Network, Pem("ministry"), Hex(college), Hex(archive), default));
        (await registry.AcceptDepositAsync(accepting, college.Id())).Require();
    }

    [Fact]
    public async Task An_approval_is_taken_back_and_members_change()
    {
        await DeployAsync(2);
        var next = await AccountAsync("next.pem");
        var members = $"{await AccountAsync("member-1.pem")},{next}";

        Said(LedgerCommands.Done, "1", await _commands.ProposeAsync(Network, Key(0), ["change-members", members, "2"], default));
        Said(LedgerCommands.Done, "Taken back", await _commands.RevokeAsync(Network, Key(0), 1, default));
        Said(LedgerCommands.Done, "Approved: proposal 1.", await _commands.ApproveAsync(Network, Key(1), 1, default));
        Said(LedgerCommands.Done, "carried out", await _commands.ApproveAsync(Network, Key(2), 1, default));
        Said(LedgerCommands.Refused, "NotMember", await _commands.ProposeAsync(Network, Key(0), ["change-members", members, "1"], default));
        Said(LedgerCommands.Done, $"2 of 2 govern: {members.Replace(",", ", ", StringComparison.Ordinal)}", await _commands.StatusAsync(Network, TimeSpan.Zero, default));
    }

    [Fact]
    public async Task Deploying_again_finds_the_contracts_and_says_by_whom_they_are_governed()
    {
        await DeployAsync(2);

        Said(LedgerCommands.Done, "network.json", await DeployAsync(2));
        Said(LedgerCommands.Refused, "governed by 2 of", await DeployAsync(1));
    }

    [Fact]
    public async Task Attack_a_call_that_nobody_can_read_or_of_another_contract_is_not_approved()
    {
        await DeployAsync(2);
        var file = NetworkFile.Read(Network);
        var governance = new GovernanceClient(file.Open(_http), file.Governance);
        using var member = EvmAccount.LoadFile(Key(0));
        var unknown = (await governance.ProposeAsync(member, file.Registry, [1, 2, 3, 4])).Require().Proposal;
        var tail = (await governance.ProposeAsync(member, file.Registry, [.. Abi.Call("undoClosing(bytes32)", AbiValue.Bytes32(new byte[32])), 0])).Require().Proposal;
        var (_, other) = await GovernanceClient.DeployAsync(file.Open(_http), await FreshAsync(), [member.Address], 1);
        var elsewhere = (await governance.ProposeAsync(member, other.Contract, Abi.Call("undoClosing(bytes32)", AbiValue.Bytes32(new byte[32])))).Require().Proposal;

        Said(LedgerCommands.Refused, "cannot read it", await _commands.ApproveAsync(Network, Key(1), unknown, default));
        Said(LedgerCommands.Refused, "cannot read it", await _commands.ApproveAsync(Network, Key(1), tail, default));
        Said(LedgerCommands.Refused, "another contract", await _commands.ApproveAsync(Network, Key(1), elsewhere, default));
        Said(LedgerCommands.Refused, "no proposal 99", await _commands.ApproveAsync(Network, Key(1), 99, default));
        Said(LedgerCommands.Done, "OF ANOTHER CONTRACT", await _commands.ListAsync(Network, all: false, default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nothing")]
    [InlineData("register-organisation")]
    [InlineData("register-organisation missing.json 0x0000000000000000000000000000000000000001 issuer")]
    [InlineData("change-organisation 12 0x0000000000000000000000000000000000000001 issuer")]
    [InlineData("change-organisation 0000000000000000000000000000000000000000000000000000000000000001 me issuer")]
    [InlineData("change-organisation 0000000000000000000000000000000000000000000000000000000000000001 0x0000000000000000000000000000000000000001 king")]
    [InlineData("withdraw one 2027-01-01")]
    [InlineData("withdraw 1 tomorrow")]
    [InlineData("withdraw 1 2027-02-30")]
    [InlineData("withdraw 1 2027-01-01 more")]
    [InlineData("change-members 0x01 1")]
    [InlineData("end-key 0000000000000000000000000000000000000000000000000000000000000001 0000000000000000000000000000000000000000000000000000000000000001 2027-01-01 lost")]
    public async Task What_is_typed_wrong_proposes_nothing_and_is_answered_with_a_sentence(string typed)
    {
        await DeployAsync(1);

        Assert.Equal(LedgerCommands.Usage, await _commands.ProposeAsync(Network, Key(0), typed.Split(' ', StringSplitOptions.RemoveEmptyEntries), default));
        Assert.NotEmpty(Taken());
        Said(LedgerCommands.Done, "Nothing was proposed.", await _commands.ListAsync(Network, all: true, default));
    }

    [Fact]
    public async Task Files_and_networks_that_are_not_there_are_answered_with_a_sentence()
    {
        await DeployAsync(1);
        Said(LedgerCommands.Usage, "no network file", await _commands.StatusAsync(Path.Combine(_folder, "none.json"), TimeSpan.Zero, default));
        Said(LedgerCommands.Usage, "identity-network/1", await _commands.StatusAsync(Write("other.json", "{}"), TimeSpan.Zero, default));
        Said(LedgerCommands.Usage, "does not exist", await _commands.ProposeAsync(Network, Pem("none"), ["withdraw", "1", "2027-01-01"], default));
        await _node.DisposeAsync();
        Said(LedgerCommands.Unreachable, "cannot be reached", await _commands.StatusAsync(Network, TimeSpan.Zero, default));
    }

    private string Network => Path.Combine(_folder, "network.json");

    private string Pem(string name) => Path.Combine(_folder, $"{name}.pem");

    private static string Hex(OrganisationProfile profile) => Convert.ToHexStringLower(profile.Id());

    private string Key(int member) => Path.Combine(_folder, $"member-{member}.pem");

    private async Task<int> DeployAsync(int threshold)
    {
        string[] members = [await AccountAsync("member-0.pem"), await AccountAsync("member-1.pem"), await AccountAsync("member-2.pem")];
        await AccountAsync("deployer.pem");
        return await _commands.DeployAsync([_node.Rpc], AnvilNode.ChainId, Path.Combine(_folder, "deployer.pem"), string.Join(',', members), threshold, Network, default);
    }

    private async Task<string> AccountAsync(string name)
    {
        Taken();
        Assert.Equal(LedgerCommands.Done, await _commands.AccountAsync(Path.Combine(_folder, name)));
        return Taken().Trim();
    }

    private async Task<EvmAccount> FreshAsync()
    {
        await AccountAsync("fresh.pem");
        return EvmAccount.LoadFile(Path.Combine(_folder, "fresh.pem"));
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private string Taken()
    {
        var text = _output.ToString();
        _output.GetStringBuilder().Clear();
        return text;
    }

    private void Said(int expected, string words, int code)
    {
        var said = Taken();
        Assert.Contains(words, said, StringComparison.Ordinal);
        Assert.Equal(expected, code);
    }
}
