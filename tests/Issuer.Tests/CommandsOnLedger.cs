using Identity.Issuer.Data;
using Identity.Issuer.Organisations;
using Identity.Ledger.Embedded;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;
using Identity.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Issuer.Tests;

/// <summary>A real node, the Issuer's settings beside it, and what somebody types there: nothing runs but the command.</summary>
public abstract class CommandsOnLedger : IAsyncLifetime
{
    private readonly EvmAccount _governor = EvmAccount.Create();
    private readonly HttpClient _http = new();
    private AnvilNode _node = null!;
    private WebApplication _app = null!;

    protected string Folder { get; } = Directory.CreateTempSubdirectory("issuer-commands-").FullName;

    protected RegistryClient Registry { get; private set; } = null!;

    protected string[] Settings { get; private set; } = [];

    public async Task InitializeAsync()
    {
        _node = await AnvilNode.StartAsync(Ports.Free());
        Registry = await RegistryClient.DeployAsync(new EvmClient(_http, new EvmOptions { Rpc = _node.Rpc, ChainId = AnvilNode.ChainId, PollInterval = TimeSpan.FromMilliseconds(50) }, TimeProvider.System), _governor);
        Settings = [.. IssuerFixture.Settings(Folder).Where(s => !s.StartsWith("--Ledger:", StringComparison.Ordinal)), $"--Ledger:Rpc={_node.Rpc}", $"--Ledger:Contract={Registry.Contract}", "--Ledger:ChainId=31337"];
        _app = IssuerFixture.Build(Settings);
        await using var scope = _app.Services.CreateAsyncScope();
        await PrepareDatabase.MigrateAsync(scope.ServiceProvider);
        foreach (var slug in new[] { IssuerFixture.Ministry, IssuerFixture.College })
            (await Registry.RegisterOrganisationAsync(_governor, Of(slug).Profile, Of(slug).Account.Address, slug is IssuerFixture.Ministry ? OrganisationRoles.Issuer | OrganisationRoles.VerifierAuthority : OrganisationRoles.Issuer)).Require();
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _node.DisposeAsync();
        _governor.Dispose();
        _http.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    protected ValueTask StopNodeAsync() => _node.DisposeAsync();

    protected Organisation Of(string slug) => _app.Services.GetRequiredService<OrganisationDirectory>().Find(slug)!;

    /// <summary>A file of this content.</summary>
    protected string Written(string text)
    {
        var file = Path.Combine(Folder, $"{Guid.NewGuid():N}.txt");
        File.WriteAllText(file, text);
        return file;
    }

    protected Task<(int Code, string Said)> SayAsync(params string[] words) => AsAsync(IssuerFixture.Ministry, words);

    protected async Task<(int Code, string Said)> AsAsync(string organisation, params string[] words)
    {
        using var output = new StringWriter();
        await using var scope = _app.Services.CreateAsyncScope();
        var code = await Command(scope.ServiceProvider, output).RunAsync(Of(organisation), words, CancellationToken.None);
        return (code, output.ToString().TrimEnd());
    }

    /// <summary>What is typed.</summary>
    private protected abstract AccountCommands Command(IServiceProvider services, TextWriter output);

    protected async Task InDatabaseAsync(Action<IssuerDb> change)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IssuerDb>();
        change(db);
        await db.SaveChangesAsync();
    }
}
