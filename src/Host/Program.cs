using System.CommandLine;
using Identity.Host;
using Identity.Host.Network;

var data = new Option<DirectoryInfo>("--data") { Description = "Folder for databases, keys and the local ledger node.", DefaultValueFactory = _ => new DirectoryInfo("data") };
var ports = new Option<int>("--ports") { Description = "Base of the ports: issuer +1, wallet +2, verifier +3, audit +4, ledger node +8.", DefaultValueFactory = _ => 5000 };
var lan = new Option<string?>("--lan") { Description = "Name of this machine for phones on the same network: serves TLS by an own authority on the network's address instead of loopback. Data then lie in data/lan." };
var lanAddress = new Option<string?>("--lan-address") { Description = "With --lan, the address to listen on; otherwise those of all networks that have a gateway." };
data.Recursive = ports.Recursive = lan.Recursive = lanAddress.Recursive = true;

var journey = new Command("journey", "Plays the journey once and ends: exit code 0 when every step came out as it should, else 1.");
var root = new RootCommand("Runs the whole of Identity on this machine as a demonstration.") { data, ports, lan, lanAddress, journey };
root.Add(LedgerVerbs.Command());
root.SetAction((parsed, ct) => Demonstration.RunAsync(Read(parsed), stayUp: true, ct));
journey.SetAction((parsed, ct) => Demonstration.RunAsync(Read(parsed), stayUp: false, ct));
var call = root.Parse(args);
if (call.Errors.Count == 0 || args is not ["ledger", ..]) return await call.InvokeAsync();
foreach (var wrong in call.Errors) await Console.Error.WriteLineAsync(wrong.Message);
return LedgerCommands.Usage;

DemonstrationOptions Read(ParseResult parsed)
{
    var folder = parsed.GetRequiredValue(data).FullName;
    var name = parsed.GetValue(lan);
    if (name is not null && parsed.GetResult(data) is null or { Implicit: true }) folder = Path.Combine(folder, "lan");
    return new DemonstrationOptions(folder, parsed.GetRequiredValue(ports)) { LanName = name, LanAddress = parsed.GetValue(lanAddress) };
}
