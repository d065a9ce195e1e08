using System.Text;
using Identity.Credentials.Jose;
using Identity.Credentials.Recovery;
using Identity.Wallet.Data;
using Identity.Wallet.Recovery;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Wallet.Tests.Recovery;

/// <summary>What a desk read on a document: told to issuers as hashes, kept sealed, and not for long.</summary>
public sealed class RecoveryDocumentTests : IAsyncLifetime
{
    private RecoveryService service = null!;

    public async Task InitializeAsync() => service = await RecoveryService.StartAsync();

    public async Task DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task An_attestation_says_what_the_desk_read_and_who_it_was_and_each_has_a_key_of_its_own()
    {
        using var phone = await ApprovedAsync();

        var (first, second) = (await AttestationAsync(phone), await AttestationAsync(phone));

        Assert.Equal(DocumentVerdict.Same, first.Document!.Compare(["AMINA NOOR"], "1990"));
        Assert.Equal(DocumentVerdict.Differs, first.Document.Compare(["BRUNO COSTA"], "1990"));
        Assert.NotEqual(first.Document.Names[0][0], second.Document!.Names[0][0]);
        var row = await RowAsync();
        Assert.Equal(("union", "7KQ2M4XD"), (first.Desk, first.Mandate));
        Assert.Equal((row.Mandate, row.Staff), (first.Mandate, first.Staff));
        Assert.DoesNotContain("layla", row.Staff, StringComparison.Ordinal);
        // Ten minutes, and not one more.
        Assert.Equal(TimeSpan.FromMinutes(10), first.Expires - service.Clock.GetUtcNow());
    }

    [Fact]
    public async Task Attack_the_database_is_stolen_while_a_desk_has_decided_and_names_nobody()
    {
        using var phone = await ApprovedAsync();

        Assert.NotNull((await RowAsync()).Document);
        SqliteConnection.ClearAllPools();
        var text = string.Concat(Directory.GetFiles(Path.GetDirectoryName(service.Database)!, "wallet.db*").Select(file => Encoding.Latin1.GetString(Read(file))));
        Assert.Contains(phone.Sheet.ListId, text, StringComparison.Ordinal);
        Assert.DoesNotContain("AMINA", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("1990-05", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_desk_read_is_gone_when_it_is_stopped()
    {
        using var phone = await ApprovedAsync();

        Assert.IsType<RecoveryStep.Taken>(await service.AtDesk(async desk => await desk.StopAsync((await RowAsync()).Number, RecoveryService.By("embassy"), default)));

        var row = await RowAsync();
        Assert.Null(row.Document);
        Assert.Equal((RecoveryState.Stopped, "7KQ2M4XD"), (row.State, row.Mandate));
    }

    [Fact]
    public async Task What_the_desk_read_is_gone_when_no_attestation_can_be_had_any_more()
    {
        using var phone = await ApprovedAsync();
        await AttestationAsync(phone);

        service.Clock.Move(RecoverySettings.Usable + TimeSpan.FromMinutes(1));
        await service.InScope(async services => { await services.GetRequiredService<RecoveryFlow>().AdvanceDueAsync(default); return 0; });

        Assert.Null((await RowAsync()).Document);
    }

    private System.Text.Json.Nodes.JsonObject _begun = null!;

    private async Task<Phone> ApprovedAsync()
    {
        var phone = await Phone.EnrolAsync(service);
        _begun = await phone.BeginAsync();
        Assert.IsType<RecoveryStep.Taken>(await service.AtDesk(desk => desk.ApproveAsync(_begun["number"]!.GetValue<string>(), RecoveryService.By("union"), RecoveryService.Document, default)));
        return phone;
    }

    private async Task<RecoveryAttestation> AttestationAsync(Phone phone)
    {
        var jwt = (await Phone.JsonAsync(await phone.AttestAsync(_begun)))["attestation"]!.GetValue<string>();
        var key = await service.InScope(services => Task.FromResult(services.GetRequiredService<RecoveryKeys>().Signer.PublicKey.ThumbprintText()));
        Assert.True(RecoveryAttestation.TryRead(jwt, _ => [key], out var attestation, out var reason), reason);
        return attestation;
    }

    private Task<RecoveryRow> RowAsync() => service.InDb(db => db.Recoveries.AsNoTracking().SingleAsync());

    private static byte[] Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
