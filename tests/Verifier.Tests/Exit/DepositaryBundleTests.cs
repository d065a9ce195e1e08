using System.Text.Json.Nodes;
using static Identity.Verifier.Tests.Exit.ExitCommands;

namespace Identity.Verifier.Tests.Exit;

/// <summary>What a closed school leaves to its depositary verifies from archives as it did: what the school issued, and what the depositary issued again in its place.</summary>
public sealed class DepositaryBundleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("exit-deposit-").FullName;

    [Fact]
    public async Task What_a_depositary_issued_again_verifies_from_an_archive_and_names_both()
    {
        string old, ended, again;
        await using (var world = await ExitWorld.StartAsync())
        {
            var (closed, keeper) = (await world.FoundAsync("closed"), await world.FoundAsync("keeper"));
            await world.AllowAsync(keeper, closed);
            (old, ended) = (await closed.IssueAsync(), await closed.IssueAsync(revoked: true));
            await world.AnchorAsync(others: 300);
            await closed.CloseAsync(keeper);
            await world.NowAsync();
            again = await keeper.IssueAsync(inPlaceOf: closed);
            await world.AnchorAsync();
            await File.WriteAllTextAsync(At("validators.json"), (await world.PinAsync()).ToText());
            Says("valid valid", "College closed", (await VerifyAsync(again, world.Live)).Verdict);
            await ExportAsync(world, "closed.idexit", "--organisation", closed.IdText);
            await ExportAsync(world, "keeper.idexit", "--organisation", keeper.IdText);
            await File.WriteAllTextAsync(At("again.txt"), again);
            await ExportAsync(world, "again.idexit", "--credential", At("again.txt"));
        }

        await ImportAsync("again", "again");
        Says("valid valid", "College closed", (await VerifyAsync(again, At("again"))).Verdict);

        // The school's own bundle knows who took over and what of its own is in force.
        await ImportAsync("closed", "closed");
        Says("valid valid", null, (await VerifyAsync(old, At("closed"))).Verdict);
        Says("not_valid revoked", null, (await VerifyAsync(ended, At("closed"))).Verdict);

        // Beside that of the depositary, all of it.
        await ImportAsync("keeper", "closed");
        Says("valid valid", "College closed", (await VerifyAsync(again, At("closed"))).Verdict);
        Says("valid valid", null, (await VerifyAsync(old, At("closed"))).Verdict);
        Says("not_valid revoked", null, (await VerifyAsync(ended, At("closed"))).Verdict);
    }

    [Theory]
    [InlineData(false, "valid valid")]
    [InlineData(true, "cannot_tell stale_data")] // what ended since, only the depositary knows
    public async Task Attack_a_depositarys_list_or_its_silence_brings_back_in_a_bundle_what_the_final_list_ended(bool isAway, string other)
    {
        string old, ended;
        await using (var world = await ExitWorld.StartAsync())
        {
            var (closed, keeper) = (await world.FoundAsync("closed"), await world.FoundAsync("keeper"));
            (old, ended) = (await closed.IssueAsync(), await closed.IssueAsync(revoked: true));
            await world.AnchorAsync(others: 300);
            await closed.CloseAsync(keeper);
            closed.BringBack();
            keeper.IsAway = isAway;
            await world.NowAsync();
            await world.AnchorAsync();
            await File.WriteAllTextAsync(At("validators.json"), (await world.PinAsync()).ToText());
            Says("not_valid revoked", null, (await VerifyAsync(ended, world.Live)).Verdict);
            Says(other, null, (await VerifyAsync(old, world.Live)).Verdict);
            await ExportAsync(world, "closed.idexit", "--organisation", closed.IdText);
            await File.WriteAllTextAsync(At("ended.txt"), ended);
            await ExportAsync(world, "ended.idexit", "--credential", At("ended.txt"));
        }

        await ImportAsync("ended", "ended");
        Says("not_valid revoked", null, (await VerifyAsync(ended, At("ended"))).Verdict);
        await ImportAsync("closed", "ended");
        Says("not_valid revoked", null, (await VerifyAsync(ended, At("ended"))).Verdict);
        Says(other, null, (await VerifyAsync(old, At("ended"))).Verdict);
    }

    private static void Says(string expected, string? inPlaceOf, JsonObject verdict)
    {
        Assert.StartsWith(expected, Of(verdict));
        Assert.Equal(inPlaceOf, verdict["reissued"]?["name"]?.GetValue<string>());
        if (inPlaceOf is null) return;
        Assert.True(verdict["reissued"]!["entitled"]!.GetValue<bool>());
        Assert.Equal("College keeper", verdict["credential"]!["issuer"]!["name"]!.GetValue<string>());
    }

    private async Task ExportAsync(ExitWorld world, string file, params string[] what)
    {
        var (code, told) = await ExitCommands.ExportAsync([.. what, "--data", world.Live, "--validators", At("validators.json"), "--out", At(file)]);
        Assert.True(code == 0, told);
    }

    private async Task ImportAsync(string bundle, string folder)
    {
        var (code, told) = await ExitCommands.ImportAsync(At($"{bundle}.idexit"), "--data", At(folder), "--validators", At("validators.json"));
        Assert.True(code == 0, told);
    }

    private string At(string name) => Path.Combine(_folder, name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
