using System.Diagnostics;
using Identity.Verifier.CommandLine;
using Xunit.Abstractions;
using static Identity.Verifier.Tests.Exit.ExitCommands;

namespace Identity.Verifier.Tests.Exit;

/// <summary>What was issued still verifies when every server is gone, by one file and by nobody's word.</summary>
public sealed class ExitBundleTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("exit-").FullName;

    [Fact]
    public async Task The_verdicts_of_an_archive_are_those_of_the_living_verifier_and_say_as_of_when()
    {
        var credentials = new Dictionary<string, string>();
        var living = new Dictionary<string, string>();
        var world = await ExitWorld.StartAsync();
        try
        {
            var (open, robbed, closed) = (await world.FoundAsync("open"), await world.FoundAsync("robbed"), await world.FoundAsync("closed"));
            credentials["valid"] = await open.IssueAsync();
            credentials["revoked"] = await open.IssueAsync(revoked: true);
            credentials["not entitled"] = await open.IssueAsync("person");
            credentials["before the theft"] = await robbed.IssueAsync();
            credentials["closed"] = await closed.IssueAsync();
            credentials["closed and revoked"] = await closed.IssueAsync(revoked: true);
            await world.AnchorAsync(others: 3000);
            await robbed.LoseKeyAsync(await world.NowAsync());
            credentials["after the theft"] = await robbed.IssueAsync();
            await world.AnchorAsync();
            await closed.CloseAsync();
            credentials["after the closing"] = await closed.IssueAsync();
            await world.AnchorAsync();
            foreach (var (name, text) in credentials) living[name] = Of((await VerifyAsync(text, world.Live)).Verdict);
            await File.WriteAllTextAsync(At("validators.json"), (await world.PinAsync()).ToText());
            foreach (var college in world.Colleges.Values)
            {
                var (code, told) = await ExportAsync("--organisation", college.IdText, "--data", world.Live, "--validators", At("validators.json"), "--out", At($"{college.Profile.Name}.idexit"));
                Assert.True(code == 0, told);
                Assert.Contains("Proven against the validators of A network of a test", told, StringComparison.Ordinal);
            }
            Assert.Equal(0, (await ExportAsync("--credential", Text("one.txt", credentials["valid"]), "--data", world.Live, "--out", At("one.idexit"))).Code);
            Assert.Equal(0, (await ExportAsync("--entry", Convert.ToHexStringLower(College.EntryOf(credentials["closed"])), "--data", world.Live, "--out", At("entry.idexit"))).Code);
        }
        finally
        {
            await world.DisposeAsync();
        }

        Assert.StartsWith("valid valid", living["valid"]);
        Assert.StartsWith("not_valid revoked", living["revoked"]);
        Assert.StartsWith("not_valid issuer_not_entitled", living["not entitled"]);
        Assert.StartsWith("valid valid", living["before the theft"]);
        Assert.StartsWith("not_valid key_not_valid_then", living["after the theft"]);
        Assert.StartsWith("valid valid", living["closed"]);
        Assert.StartsWith("not_valid", living["after the closing"]);
        foreach (var bundle in Directory.GetFiles(_folder, "College*.idexit"))
        {
            var (code, told) = await ImportAsync(bundle, "--data", At("archive"), "--validators", At("validators.json"));
            Assert.True(code == 0, told);
            Assert.Contains("Proven against the validators", told, StringComparison.Ordinal);
        }
        foreach (var (name, text) in credentials)
        {
            var (_, verdict) = await VerifyAsync(text, At("archive"));
            Assert.Equal($"{name}: {living[name]}", $"{name}: {Of(verdict)}");
            Assert.True(verdict["archive"]!["proven"]!.GetValue<bool>());
        }

        // Of one credential, in folders of their own: no server, no network, nothing but the program, the bundle and the validators.
        foreach (var (bundle, name) in new[] { ("one.idexit", "valid"), ("entry.idexit", "closed") })
        {
            Assert.Equal(0, (await ImportAsync(At(bundle), "--data", At(bundle + ".d"), "--validators", At("validators.json"))).Code);
            var (_, verdict) = await VerifyAsync(credentials[name], At(bundle + ".d"));
            Assert.Equal($"{name}: {living[name]}", $"{name}: {Of(verdict)}");
            Assert.Equal("cannot_tell", (await VerifyAsync(credentials["before the theft"], At(bundle + ".d"))).Verdict["outcome"]!.GetValue<string>());
        }
        WithoutNetwork();
    }

    private void WithoutNetwork()
    {
        string[]? alone = new[] { new[] { "unshare", "-n" }, ["unshare", "-rn"] }.FirstOrDefault(prefix => Start([.. prefix, "true"]).Code == 0);
        if (alone is null)
        {
            output.WriteLine("This machine lets nobody run a program without a network (unshare -n).");
            return;
        }
        var program = typeof(VerifyCommand).Assembly.Location;
        var imported = Start([.. alone, "dotnet", program, "import", "one.idexit", "--data", "clean", "--validators", "validators.json"]);
        var verified = Start([.. alone, "dotnet", program, "verify", "one.txt", "--data", "clean"]);

        Assert.True(imported.Code == 0, imported.Told);
        Assert.True(verified.Code == 0, verified.Told);
        Assert.Matches(@"As of 20\d\d-\d\d-\d\d \d\d:\d\d UTC: checked against an archive", verified.Told);
        Assert.Equal(["mirror.db"], Directory.GetFiles(At("clean")).Select(Path.GetFileName));
    }

    private string At(string name) => Path.Combine(_folder, name);

    private string Text(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return At(name);
    }

    private (int Code, string Told) Start(string[] line)
    {
        using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var told = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, told + error.GetAwaiter().GetResult());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
