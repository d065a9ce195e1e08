using Identity.Hosting;
using Identity.TestKit;
using Identity.TestShared;
using Identity.Wallet.Data;

namespace Identity.Wallet.Tests.Data;

public sealed class StartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wallet-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public Task The_migrations_and_the_model_make_the_same_database() => MigrationComparison.OnSqliteAsync<WalletDb>(options => new WalletDb(options));

    [PostgresFact]
    public Task The_migrations_and_the_model_make_the_same_database_on_PostgreSQL() => MigrationComparison.OnPostgreSqlAsync<WalletDb>(options => new WalletDb(options));

    [Fact]
    public void Each_script_stands_in_both_dialects() => MigrationComparison.EachScriptStandsInBothDialects<WalletDb>();

    [Fact]
    public void Without_a_folder_for_its_data_the_service_does_not_start() =>
        Assert.Contains("Data:Folder", Assert.Throws<SettingMissingException>(() => WalletApp.Build(["--environment=Development"])).Message, StringComparison.Ordinal);

    [Fact]
    public async Task In_production_it_starts_once_the_command_migrate_was_run()
    {
        string[] settings =
        [
            "--urls=http://127.0.0.1:0", "--PublicUrl=http://localhost:5002", "--environment=Production", $"--Data:Folder={_folder}", "--Verifiers:List=https://issuer.example/ministry/verifiers", $"--Verifiers:Signers:0={new string('A', 43)}",
        ];
        await File.WriteAllTextAsync(Path.Combine(_folder, "sealing.secret"), Convert.ToBase64String(new byte[32]));
        Assert.Contains("Keys:Recovery", Assert.Throws<SettingMissingException>(() => WalletApp.Build(settings)).Message, StringComparison.Ordinal);
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(Path.Combine(_folder, "recovery.pem"), key.ExportPkcs8PrivateKeyPem());
        await using (var unprepared = WalletApp.Build(settings)) await Assert.ThrowsAsync<InvalidOperationException>(() => unprepared.StartAsync());

        Assert.Equal(0, await Commands.RunAsync(["migrate", .. settings]));

        await using var app = WalletApp.Build(settings);
        await app.StartAsync();
        await app.StopAsync();
    }
}
