using System.CommandLine;
using System.Text.RegularExpressions;
using Identity.Drill;

var rounds = new Option<int?>("--rounds") { Description = "How often the Issuer is killed: 100 times unless told, or once at each chosen statement." };
var database = new Option<string>("--database") { Description = "sqlite or postgresql.", DefaultValueFactory = _ => "sqlite" };
database.AcceptOnlyFromAmong("sqlite", "postgresql");
var seed = new Option<int>("--seed") { Description = "Seed of the random moments.", DefaultValueFactory = _ => Environment.TickCount };
var statements = new Option<string?>("--statements")
{
    Description = "Not at random: once at each statement, commit and sending of which this regular expression tells, for example \"after COMMIT\"; without a value, at each.", Arity = ArgumentArity.ZeroOrOne,
};
var json = new Option<FileInfo?>("--json") { Description = "Write the figures to this file." };
var command = new RootCommand("Kills the Issuer (SIGKILL) at random moments while it issues, ends credentials, publishes status and anchors, and checks after each kill that nothing was lost, doubled or half-written.")
{
    rounds, database, seed, statements, json,
};
command.SetAction(async (given, ct) =>
{
    var figures = await new KillDrill(given.GetValue(rounds) ?? (given.GetResult(statements) is null ? 100 : int.MaxValue), given.GetValue(database) == "postgresql", given.GetValue(seed), Console.WriteLine)
    {
        AtPoints = given.GetResult(statements) is null ? null : new Regex(given.GetValue(statements) ?? "", RegexOptions.None, TimeSpan.FromSeconds(1)),
    }.RunAsync(ct);
    Console.WriteLine(figures);
    if (given.GetValue(json) is { } file) await File.WriteAllTextAsync(file.FullName, figures.ToJson() + "\n", ct);
    return figures.Violations.Count == 0 ? 0 : 1;
});
return await command.Parse(args).InvokeAsync();
