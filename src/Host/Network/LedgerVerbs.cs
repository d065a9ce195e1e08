using System.CommandLine;
using System.CommandLine.Parsing;

namespace Identity.Host.Network;

/// <summary>The words of <c>ledger …</c> on the command line.</summary>
internal static class LedgerVerbs
{
    private static readonly Option<string> Network = new("--network") { Description = "The network's file.", DefaultValueFactory = _ => "network.json" };

    private static readonly Option<string> Account = new("--account") { Description = "The account that acts: a PEM file, env:NAME, or pkcs11:… (a key in a token).", Required = true };

    public static Command Command()
    {
        var file = new Argument<string>("file") { Description = "Where the key is, or shall be." };
        var number = new Argument<ulong>("number") { Description = "The proposal." };
        var act = new Argument<string[]>("act") { Description = "What to decide; without any words: what there is.", Arity = ArgumentArity.ZeroOrMore };
        var rpc = new Option<Uri[]>("--rpc") { Description = "JSON-RPC address of a node; more for more nodes.", Required = true, CustomParser = Addresses };
        var chain = new Option<ulong>("--chain-id") { Description = "The chain's id.", Required = true };
        var members = new Option<string>("--members") { Description = "Addresses of the accounts that govern, with commas.", Required = true };
        var threshold = new Option<int>("--threshold") { Description = "How many of them must agree.", Required = true };
        var asked = new Option<Uri[]>("--rpc") { Description = "JSON-RPC address of a node to ask instead of the network file's; more for more nodes.", DefaultValueFactory = _ => [], CustomParser = Addresses };
        var name = new Option<string?>("--name") { Description = "How people call the network." };
        var pin = new Option<string>("--out") { Description = "The file to write.", DefaultValueFactory = _ => "validators.json" };
        var all = new Option<bool>("--all") { Description = "Also what was carried out or ran out." };
        var parent = new Argument<ulong>("parent") { Description = "The accreditation that the account's organisation holds." };
        var holder = new Argument<string>("organisation") { Description = "Its id, 64 digits." };
        var depositary = new Argument<string>("depositary") { Description = "Its id, 64 digits." };
        var scope = new Argument<string>("scope-file") { Description = "What it may issue, canonical JSON." };
        var right = new Argument<string>("right") { Description = "issue, accredit, or issue-and-accredit." };
        var until = new Option<string?>("--until") { Description = "The last day, as 2030-12-31; otherwise without an end." };
        var profile = new Argument<string>("profile-file") { Description = "What the organisation says of itself, canonical JSON." };
        var accreditation = new Argument<ulong>("accreditation") { Description = "Its number." };
        var from = new Option<string?>("--from") { Description = "The first day without it, as 2030-12-31 (UTC); otherwise from now on." };
        var age = new Option<TimeSpan>("--head-age") { Description = "How old the newest block may be; 0 where a network makes blocks only when it has something to do.", DefaultValueFactory = _ => TimeSpan.FromMinutes(5) };
        var port = new Option<int>("--port") { Description = "Where it listens, on 127.0.0.1.", DefaultValueFactory = _ => 8545 };
        var state = new Option<string?>("--state") { Description = "A file in which its state survives; otherwise it forgets everything." };
        var validators = new Option<int>("--validators") { Description = $"How many, {NetworkKeys.Fewest} to {NetworkKeys.Most}.", DefaultValueFactory = _ => NetworkKeys.Fewest };
        var subnet = new Option<string>("--subnet") { Description = "The first three numbers of the validators' network.", DefaultValueFactory = _ => "172.30.0" };
        var senders = new Option<string?>("--accounts") { Description = "Addresses of the accounts that may send transactions, with commas." };
        var into = new Option<string>("--out") { Description = "A new folder.", Required = true };
        return new Command("ledger", "Runs and governs a network's registry.")
        {
            Verb("account", "Makes an account's key file if there is none, and says its address.", [file], (commands, parsed, _) => commands.AccountAsync(parsed.GetRequiredValue(file))),
            Verb("id", "Says the id of the organisation of a profile: 64 digits.", [profile], (commands, parsed, _) => commands.IdAsync(parsed.GetRequiredValue(profile))),
            Verb("deploy", "Puts the contracts on a network and writes its file.", [rpc, chain, Account, members, threshold, Network], (commands, parsed, ct) =>
                commands.DeployAsync(parsed.GetRequiredValue(rpc), parsed.GetRequiredValue(chain), parsed.GetRequiredValue(Account), parsed.GetRequiredValue(members), parsed.GetRequiredValue(threshold), parsed.GetRequiredValue(Network), ct)),
            Verb("node", "Runs a node on this machine, to practise with: no network, and nobody's money.", [port, state], (commands, parsed, ct) => commands.NodeAsync(parsed.GetRequiredValue(port), parsed.GetValue(state), ct)),
            Verb("status", "Says how each node is, what is on the network, and who governs. Exit codes: 0 all is well, 1 something is not, 2 no node can be asked.", [Network, age], (commands, parsed, ct) =>
                commands.StatusAsync(parsed.GetRequiredValue(Network), parsed.GetRequiredValue(age), ct)),
            Verb("pin", "Writes down who seals the newest block, to check receipts by without a node.", [Network, asked, name, pin], (commands, parsed, ct) =>
                commands.PinAsync(parsed.GetRequiredValue(Network), parsed.GetRequiredValue(asked), parsed.GetValue(name), parsed.GetRequiredValue(pin), ct)),
            Verb("list", "Says what is proposed.", [Network, all], (commands, parsed, ct) => commands.ListAsync(parsed.GetRequiredValue(Network), parsed.GetValue(all), ct)),
            Verb("propose", "Proposes an act, and approves it by that.", [act, Network, Account], (commands, parsed, ct) =>
                commands.ProposeAsync(parsed.GetRequiredValue(Network), parsed.GetRequiredValue(Account), parsed.GetRequiredValue(act), ct)),
            Verb("approve", "Approves a proposal.", [number, Network, Account], (commands, parsed, ct) =>
                commands.ApproveAsync(parsed.GetRequiredValue(Network), parsed.GetRequiredValue(Account), parsed.GetRequiredValue(number), ct)),
            Verb("grant", "Entitles an organisation under an accreditation of one's own.", [parent, holder, scope, right, until, Network, Account], (commands, parsed, ct) =>
                commands.GrantAsync(parsed.GetRequiredValue(Network), parsed.GetRequiredValue(Account), parsed.GetRequiredValue(parent), parsed.GetRequiredValue(holder), parsed.GetRequiredValue(scope), parsed.GetRequiredValue(right), parsed.GetValue(until), ct)),
            Verb("withdraw", "Takes an accreditation back that one's own organisation granted, or that stands below such a one.", [accreditation, from, Network, Account], (commands, parsed, ct) =>
                commands.WithdrawAsync(parsed.GetRequiredValue(Network), parsed.GetRequiredValue(Account), parsed.GetRequiredValue(accreditation), parsed.GetValue(from), ct)),
            Verb("name-depositary", "Names who takes over from a closed organisation that one's own supervises, or confirms whom it named itself.", [holder, depositary, Network, Account], (commands, parsed, ct) =>
                commands.NameDepositaryAsync(parsed.GetRequiredValue(Network), parsed.GetRequiredValue(Account), parsed.GetRequiredValue(holder), parsed.GetRequiredValue(depositary), ct)),
            Verb("network-keys", "Makes keys, genesis and lists of a new network of validators (deploy/besu-qbft).", [validators, chain, subnet, senders, into], (commands, parsed, _) =>
                commands.NetworkKeysAsync(parsed.GetRequiredValue(chain), parsed.GetRequiredValue(validators), parsed.GetRequiredValue(subnet), parsed.GetValue(senders), parsed.GetRequiredValue(into))),
            Verb("revoke", "Takes an approval back.", [number, Network, Account], (commands, parsed, ct) =>
                commands.RevokeAsync(parsed.GetRequiredValue(Network), parsed.GetRequiredValue(Account), parsed.GetRequiredValue(number), ct)),
        };
    }

    private static Uri[] Addresses(ArgumentResult given)
    {
        var read = new List<Uri>();
        foreach (var word in given.Tokens.Select(token => token.Value))
        {
            if (Uri.TryCreate(word, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https") read.Add(uri);
            else given.AddError($"“{word}” is no http or https address of a node.");
        }
        return [.. read];
    }

    private static Command Verb(string name, string description, Symbol[] words, Func<LedgerCommands, ParseResult, CancellationToken, Task<int>> run)
    {
        var verb = new Command(name, description);
        foreach (var word in words)
        {
            if (word is Option option) verb.Add(option);
            else verb.Add((Argument)word);
        }
        verb.SetAction(async (parsed, ct) =>
        {
            using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
            return await run(new LedgerCommands(http, Console.Out), parsed, ct);
        });
        return verb;
    }
}
