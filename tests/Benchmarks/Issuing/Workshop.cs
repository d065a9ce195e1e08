using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Credentials.Types;
using Identity.Issuer;
using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Identity.Ledger.Log;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Benchmarks.Issuing;

/// <summary>The Issuer as it runs, with a new SQLite file and without its background work: what is measured is called by hand.</summary>
internal sealed class Workshop : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("identity-bench-").FullName;
    private static readonly byte[] CredentialSized = new byte[1500];
    private readonly WebApplication _app;

    private Workshop() => _app = IssuerApp.Build(
    [
        "--environment=Development", "--PublicUrl=http://localhost:5001", $"--Data:Folder={_folder}", "--Logging:LogLevel:Default=None",
        "--Ledger:Rpc=http://127.0.0.1:1", "--Ledger:Contract=0x5FbDB2315678afecb367f032d93F642f64180aa3", "--Ledger:ChainId=31337",
        "--Organisations:0:Slug=bench", "--Organisations:0:Name=Bench College", "--Organisations:0:Country=XT", "--Organisations:0:Demonstration=true", "--Organisations:0:Types:0=qualification",
    ]);

    public Organisation Organisation => _app.Services.GetRequiredService<OrganisationDirectory>().All[0];

    public static TypeDefinition Type => TypeDefinition.Find("qualification")!;

    /// <summary>Six claims.</summary>
    public static JsonObject Claims(int number) => new()
    {
        ["holder_name"] = $"Person {number}", ["title"] = "Welding Technician", ["kind"] = "diploma", ["awarded_on"] = "2024-06-30", ["awarding_body"] = "Bench College", ["awarding_country"] = "XT",
    };

    public static async Task<Workshop> OpenAsync()
    {
        var workshop = new Workshop();
        await using var scope = workshop.Scope();
        await PrepareDatabase.MigrateAsync(scope.ServiceProvider);
        return workshop;
    }

    public AsyncServiceScope Scope() => _app.Services.CreateAsyncScope();

    /// <summary>Gives every waiting entry its place in the log and signs its checkpoint.</summary>
    public async Task LogAsync()
    {
        for (; ; )
        {
            await using var scope = Scope();
            if (await scope.ServiceProvider.GetRequiredService<OperatorLog<IssuerDb>>().Sequencer.RunAsync(scope.ServiceProvider.GetRequiredService<IssuerDb>(), CancellationToken.None) is not SequencerRound.Signed) return;
        }
    }

    /// <summary>The bound: nothing but a signature over as many bytes as a credential has.</summary>
    public void SignRaw() => Organisation.FirstKey.Signer.Sign(CredentialSized);

    public static Jwk[] HolderKeys(int count)
    {
        var keys = new Jwk[count];
        for (var i = 0; i < count; i++)
        {
            using var key = Es256Key.Create();
            keys[i] = key.PublicKey;
        }
        return keys;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
