using Identity.Credentials.Verifiers;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Tests.Registry;

/// <summary>
/// Operators, organisations, an authority and a thief write to logs and registrations as it comes, rightly or not; beside the contract stand lists. After every act: the contract accepted or
/// refused what the lists do, by the same name; no size fell, no root that was anchored changed, and nobody but who may has changed anything.
/// </summary>
[Collection(nameof(Chain))]
public sealed class ActingPartiesOnLogs(Chain chain)
{
    private readonly List<Log> _logs = [];
    private readonly List<Owner> _owners = [];
    private readonly List<(Owner Authority, VerifierProfile Profile, ulong Number, DateTimeOffset Until, bool Withdrawn)> _vouched = [];
    private EvmAccount[] _accounts = [];

    [Theory, InlineData(20)]
    public async Task Whatever_they_write_sizes_only_grow_and_roots_stay(int seed)
    {
        var dice = new Random(seed);
        _accounts = [chain.Governor, .. Enumerable.Range(0, 4).Select(_ => EvmAccount.Create())]; // the last is nobody's
        for (var i = 0; i < 3; i++)
        {
            var (profile, account, roles) = (Chain.Profile(), _accounts[1 + (i % 2)], i == 0 ? OrganisationRoles.Issuer : OrganisationRoles.Issuer | OrganisationRoles.VerifierAuthority);
            (await chain.Registry.RegisterOrganisationAsync(chain.Governor, profile, account.Address, roles)).Require();
            _owners.Add(new Owner(profile.Id(), account, roles));
        }
        var (seen, profiles) = (new SortedSet<string>(StringComparer.Ordinal), Enumerable.Range(0, 2).Select(n => VerifiersOnARealNode.Profile($"Yard {n}")).ToArray());
        for (var act = 0; act < 600; act++)
        {
            var (name, expected, write) = await ActAsync(dice, profiles);
            var got = write is RegistryWrite.Refused refused ? refused.Error : null;
            Assert.True(expected == got, $"seed {seed}, act {act}, {name}: the lists say {expected ?? "yes"}, the contract {got ?? "yes"}");
            seen.Add($"{name} {got ?? "yes"}");
            await CompareAsync(dice);
        }
        string[] must =
        [
            "anchor yes", "anchor NotOperator", "anchor SizeNotGrowing", "anchor BadArgument", "change log yes", "change log NotOperator", "change log BadArgument", "register log NotGovernor",
            "register log AlreadyRegistered", "use log yes", "use log NotOrganisationAccount", "use log AlreadyRegistered", "use log UnknownLog", "vouch yes", "vouch AlreadyRegistered", "vouch NotVerifierAuthority",
            "take back yes", "take back NotVerifierAuthority", "take back AlreadyWithdrawn",
        ];
        Assert.Empty(must.Except(seen));
    }

    private async Task<(string Name, string? Expected, RegistryWrite Write)> ActAsync(Random dice, VerifierProfile[] profiles)
    {
        var sender = _accounts[dice.Next(_accounts.Length)];
        var log = _logs.Count > 0 && dice.Next(15) > 0 ? _logs[dice.Next(_logs.Count)] : new Log($"localhost:1/{Convert.ToHexString(Chain.Some(8))}", sender, Chain.Some(32));
        var isKnown = _logs.Contains(log);
        var owner = _owners[dice.Next(_owners.Count)];
        var other = _accounts[dice.Next(_accounts.Length)];
        var key = dice.Next(6) == 0 ? new byte[32] : dice.Next(3) == 0 ? log.Key : Chain.Some(32);
        switch (isKnown ? dice.Next(12) : dice.Next(3))
        {
            case 0:
                if (dice.Next(3) > 0) sender = chain.Governor;
                var twice = isKnown ? "AlreadyRegistered" : null;
                var no = sender != chain.Governor ? "NotGovernor" : IsZero(key) ? "BadArgument" : twice;
                if (no is null) _logs.Add(new Log(log.Origin, other, key));
                return ("register log", no, await chain.Registry.RegisterLogAsync(sender, log.Origin, other.Address, key));
            case 1:
                if (dice.Next(2) == 0) (sender, other) = (log.Operator, log.Operator);
                no = !isKnown ? "UnknownLog" : IsZero(key) ? "BadArgument" : sender != chain.Governor && (sender != log.Operator || other != log.Operator) ? "NotOperator" : null;
                var changed = await chain.Registry.ChangeLogAsync(sender, log.Id, other.Address, key);
                if (no is null) log.Change(other, key);
                return ("change log", no, changed);
            case 2:
                if (dice.Next(3) > 0) sender = owner.Account;
                no = sender != owner.Account ? "NotOrganisationAccount" : !isKnown ? "UnknownLog" : owner.Since.ContainsKey(log.Origin) ? "AlreadyRegistered" : null;
                var used = await chain.Registry.UseLogAsync(sender, owner.Id, log.Id);
                if (no is null && used is RegistryWrite.Done { Receipt: { } receipt }) owner.Since[log.Origin] = receipt.BlockTime;
                return ("use log", no, used);
            case 3:
                if (dice.Next(3) > 0) sender = owner.Account;
                var (profile, until) = (profiles[dice.Next(profiles.Length)], DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds()).AddYears(dice.Next(1, 5)));
                no = sender != owner.Account || !owner.Roles.HasFlag(OrganisationRoles.VerifierAuthority) ? "NotVerifierAuthority"
                    : _vouched.Any(v => v.Authority == owner && v.Profile == profile && !v.Withdrawn) ? "AlreadyRegistered" : null;
                var vouched = await chain.Registry.RegisterVerifierAsync(sender, owner.Id, profile, until);
                if (no is null && vouched is RegistryWrite.Done { Event: RegistryEvent.VerifierRegistered made }) _vouched.Add((owner, profile, made.Number, until, false));
                return ("vouch", no, vouched);
            case 4 when _vouched.Count > 0:
                var at = dice.Next(_vouched.Count);
                if (dice.Next(3) > 0) sender = _vouched[at].Authority.Account;
                no = sender != _vouched[at].Authority.Account ? "NotVerifierAuthority" : _vouched[at].Withdrawn ? "AlreadyWithdrawn" : null;
                var taken = await chain.Registry.WithdrawVerifierAsync(sender, _vouched[at].Number);
                if (no is null) _vouched[at] = _vouched[at] with { Withdrawn = true };
                return ("take back", no, taken);
            default:
                if (dice.Next(3) > 0) sender = log.Operator;
                var (size, root) = (dice.Next(4) == 0 ? dice.NextInt64(log.Size + 1) : log.Size + dice.NextInt64(1, 1L << dice.Next(1, 30)), dice.Next(12) == 0 ? new byte[32] : Chain.Some(32));
                no = !isKnown ? "UnknownLog" : sender != log.Operator ? "NotOperator" : size <= log.Size ? "SizeNotGrowing" : IsZero(root) ? "BadArgument" : null;
                if (no is null) log.Roots.Add(size, root);
                return ("anchor", no, await chain.Registry.AnchorAsync(sender, log.Id, size, root));
        }
    }

    private async Task CompareAsync(Random dice)
    {
        foreach (var log in _logs)
        {
            var latest = await chain.Registry.LatestAsync(log.Id);
            Assert.Equal((log.Size, log.Size == 0 ? null : Convert.ToHexString(log.Roots[log.Size])), (latest?.Size ?? 0, latest is null ? null : Convert.ToHexString(latest.Root)));
            if (log.Size == 0) continue;
            var (size, root) = log.Roots.ElementAt(dice.Next(log.Roots.Count));
            Assert.Equal(root, await chain.Registry.RootAtAsync(log.Id, size));
            if (!log.Roots.ContainsKey(size + 1)) Assert.Null(await chain.Registry.RootAtAsync(log.Id, size + 1));
        }
        if (_logs.Count > 0)
        {
            var (log, owner) = (_logs[dice.Next(_logs.Count)], _owners[dice.Next(_owners.Count)]);
            var found = (await chain.Registry.FindLogAsync(log.Id))!;
            Assert.Equal((log.Operator.Address, Convert.ToHexString(log.Key), log.KeyFromSize), (found.Operator, Convert.ToHexString(found.Ed25519Key), found.KeyFromSize));
            Assert.Equal(owner.Since.TryGetValue(log.Origin, out var since) ? since : null, await chain.Registry.LogSinceAsync(owner.Id, log.Id));
        }
        if (_vouched.Count > 0)
        {
            var one = _vouched[dice.Next(_vouched.Count)];
            var found = (await chain.Registry.FindVerifierAsync(one.Number))!;
            Assert.Equal((Convert.ToHexString(one.Authority.Id), one.Until, one.Withdrawn), (Convert.ToHexString(found.Authority), found.Until, found.Withdrawn));
        }
    }

    private static bool IsZero(byte[] bytes) => bytes.All(b => b == 0);

    private sealed record Owner(byte[] Id, EvmAccount Account, OrganisationRoles Roles)
    {
        public Dictionary<string, DateTimeOffset?> Since { get; } = [];
    }

    private sealed class Log(string origin, EvmAccount @operator, byte[] key)
    {
        public string Origin => origin;

        public byte[] Id { get; } = RegistryClient.LogId(origin);

        public EvmAccount Operator { get; private set; } = @operator;

        public byte[] Key { get; private set; } = key;

        public long KeyFromSize { get; private set; }

        public SortedDictionary<long, byte[]> Roots { get; } = [];

        public long Size => Roots.Count == 0 ? 0 : Roots.Keys.Max();

        public void Change(EvmAccount other, byte[] key)
        {
            if (!key.AsSpan().SequenceEqual(Key)) KeyFromSize = Size;
            (Operator, Key) = (other, key);
        }
    }
}
