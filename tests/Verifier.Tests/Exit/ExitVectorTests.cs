using Identity.Ledger.Exit;
using Identity.Ledger.Proofs;
using Identity.TestKit;
using static Identity.Verifier.Tests.Exit.ExitCommands;

namespace Identity.Verifier.Tests.Exit;

/// <summary>Bundles that were made once: a reader of today still takes them, and the fuzzer damages them.</summary>
public sealed class ExitVectorTests
{
    /// <summary>IDENTITY_WRITE_VECTORS=exit writes the files anew.</summary>
    [Fact]
    public async Task Bundles_that_were_made_once_still_hold_against_the_validators_of_then()
    {
        if (Environment.GetEnvironmentVariable("IDENTITY_WRITE_VECTORS")?.Split(',').Contains("exit") is true) await WriteAsync();
        Assert.True(ValidatorFile.TryParse(await File.ReadAllTextAsync(Checkout.Vector("exit/validators.json")), out var trusted, out var reason), reason);
        foreach (var (name, isOfCredential) in new[] { ("college", false), ("credential", true) })
        {
            await using var file = File.OpenRead(Checkout.Vector($"exit/{name}.idexit"));
            Assert.True(ExitBundle.TryRead(file, out var bundle, out reason), reason);
            Assert.True(Assert.IsType<ExitRuling.Holds>(BundleCheck.Run(bundle, trusted, out var lists)).IsProven);
            Assert.Equal((isOfCredential, 1), (bundle.IsOfCredential, lists.Count));
        }
    }

    private static async Task WriteAsync()
    {
        Directory.CreateDirectory(Checkout.Vector("exit"));
        await using var world = await ExitWorld.StartAsync();
        var college = await world.FoundAsync("college");
        var credential = await college.IssueAsync();
        await world.AnchorAsync(others: 3);
        await college.IssueAsync(revoked: true);
        await world.AnchorAsync();
        var validators = Checkout.Vector("exit/validators.json");
        await File.WriteAllTextAsync(validators, (await world.PinAsync()).ToText());
        foreach (var (name, what) in new[] { ("college", new[] { "--organisation", college.IdText }), ("credential", ["--entry", Convert.ToHexStringLower(College.EntryOf(credential)), "--organisation", college.IdText]) })
        {
            var (code, told) = await ExportAsync([.. what, "--data", world.Live, "--validators", validators, "--out", Checkout.Vector($"exit/{name}.idexit")]);
            Assert.True(code == 0, told);
        }
    }
}
