using System.CommandLine;
using Identity.Drill;

var rounds = new Option<int>("--rounds") { Description = "How often the Issuer is killed.", DefaultValueFactory = _ => 100 };
var database = new Option<string>("--database") { Description = "sqlite or postgresql.", DefaultValueFactory = _ => "sqlite" };
database.AcceptOnlyFromAmong("sqlite", "postgresql");
var seed = new Option<int>("--seed") { Description = "Seed of the random moments.", DefaultValueFactory = _ => Environment.TickCount };
var json = new Option<FileInfo?>("--json") { Description = "Write the figures to this file." };
var command = new RootCommand("Kills the Issuer (SIGKILL) at random moments while it issues, ends credentials, publishes status and anchors, and checks after each kill that nothing was lost, doubled or half-written.")
{
    rounds, database, seed, json,
};
command.SetAction(async (given, ct) =>
{
    var figures = await new KillDrill(given.GetValue(rounds), given.GetValue(database) == "postgresql", given.GetValue(seed), Console.WriteLine).RunAsync(ct);
    Console.WriteLine(figures);
    if (given.GetValue(json) is { } file) await File.WriteAllTextAsync(file.FullName, figures.ToJson() + "\n", ct);
    return figures.Violations.Count == 0 ? 0 : 1;
});
return await command.Parse(args).InvokeAsync();
