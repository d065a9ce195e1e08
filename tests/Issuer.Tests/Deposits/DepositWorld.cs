using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Issuer.Closing;
using Identity.Issuer.Data;
using Identity.Issuer.Deposits;
using Identity.Issuer.Keys;
using Identity.Issuer.Organisations;
using Identity.Issuer.Recovery;
using Identity.Ledger.Registry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Deposits;

/// <summary>A college that was closed with a ministry as its depositary, on a real node, and what it handed over.</summary>
public class DepositWorld : IAsyncLifetime
{
    public DepositWorld() : this(null) { }

    protected DepositWorld(Action<IServiceCollection>? replace, params string[] more) => On = new() { More = ["--Organisations:1:Types:1=qualification", .. more], Replace = replace };

    public IssuerOnLedger On { get; }

    public IssuerFixture Issuer => On.Issuer;

    public Organisation Closed => On.Organisation(College);

    public Organisation Depositary => On.Organisation(Ministry);

    /// <summary>Id of the college.</summary>
    public string Id => Convert.ToHexStringLower(Closed.Profile.Id());

    /// <summary>A record in force of two copies, one that was revoked, one that nobody collected.</summary>
    public string Kept { get; private set; } = "";

    public string Revoked { get; private set; } = "";

    public string Waiting { get; private set; } = "";

    /// <summary>What Amina's lost phone holds.</summary>
    public IReadOnlyList<string> Copies { get; private set; } = [];

    public string KeyFile { get; private set; } = "";

    public string File { get; private set; } = "";

    public virtual async Task InitializeAsync()
    {
        await On.InitializeAsync();
        await IssuerOnLedger.Until(() => On.Registry.FindKeyAsync(Closed.FirstKey.Signer.PublicKey.Thumbprint()), k => k is not null);
        using Es256Key first = Es256Key.Create(), second = Es256Key.Create(), other = Es256Key.Create();
        var kept = await Issuer.Prepare(reference: "K-1");
        Copies = await Issuer.Collect(await Issuer.AccessToken(kept), [first, second]);
        var revoked = await Issuer.Prepare(Diploma("Sunita Kumari"), reference: "K-2");
        await Issuer.Collect(await Issuer.AccessToken(revoked), [other]);
        await Issuer.Api(HttpMethod.Post, College, $"/{revoked["id"]}/revocation", new JsonObject { ["code"] = "issued_in_error" });
        (Kept, Revoked, Waiting) = ((string)kept["id"]!, (string)revoked["id"]!, (string)(await Issuer.Prepare(reference: "K-3"))["id"]!);
        await Issuer.InDb(async db =>
        {
            db.RecoveryAnchors.Add(new RecoveryAnchor { CredentialId = Kept, Organisation = College, SecretHash = new byte[32], Tag = new string('t', 43), SetAt = DateTimeOffset.UnixEpoch.AddDays(20_000) });
            db.EarlierAnchors.Add(new EarlierAnchor { CredentialId = Kept, SecretHash = new byte[32], Tag = new string('s', 43), SetAt = DateTimeOffset.UnixEpoch.AddDays(19_000), Until = DateTimeOffset.UnixEpoch.AddDays(21_000) });
            return await db.SaveChangesAsync();
        });
        await BeforeClosingAsync();
        KeyFile = Path.Combine(Issuer.Folder, "ministry.jwk");
        using (var key = Issuer.Service<KeyFolder>().DepositKey(Ministry)) await System.IO.File.WriteAllTextAsync(KeyFile, KeyFolder.Public(key).ToJson().ToJsonString());

        await CloseAsync(College, Depositary);
        File = Path.Combine(Issuer.Folder, "college.handover");
        var (code, said) = await HandOver(College, KeyFile, File);
        Assert.True(code == 0, said);
    }

    public Task DisposeAsync() => On.DisposeAsync();

    /// <summary>What else the college issues.</summary>
    protected virtual Task BeforeClosingAsync() => Task.CompletedTask;

    /// <summary>Two people close an organisation; the workers do the rest.</summary>
    public async Task CloseAsync(string slug, Organisation? depositary)
    {
        var asked = await Issuer.Ask(HttpMethod.Post, $"/api/{slug}/closing", await Issuer.NewApiKey(slug),
            new JsonObject { ["word"] = slug, ["notice"] = "It closes; its files go to the ministry.", ["depositary"] = depositary is null ? null : Convert.ToHexStringLower(depositary.Profile.Id()) });
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        var agreed = await Issuer.Ask(HttpMethod.Post, $"/api/{slug}/closing/decision", Issuer.ApproverKey(slug), new JsonObject { ["word"] = slug, ["asked"] = (int)(await Json(asked))["asked"]!, ["agree"] = true });
        Assert.Equal(HttpStatusCode.OK, agreed.StatusCode);
        await IssuerOnLedger.Until(() => Issuer.InDb(db => db.Closings.AsNoTracking().SingleAsync(c => c.Organisation == slug)), c => c.State is ClosingState.Done);
    }

    /// <summary>Whoever supervises the closed college says that the depositary is the right one.</summary>
    public async Task ConfirmAsync() => (await On.Registry.NameDepositaryAsync(On.Governor, Closed.Profile.Id(), Depositary.Profile.Id())).Require();

    public Task<(int Code, string Said)> HandOver(string slug, string keyFile, string file) => Say<HandOverCommand>(slug, keyFile, file);

    public Task<(int Code, string Said)> TakeOver(string file, string slug = Ministry) => Say<TakeOverCommand>(slug, file);

    private async Task<(int Code, string Said)> Say<TCommand>(string slug, params string[] words) where TCommand : AccountCommands
    {
        await using var output = new StringWriter();
        await using var scope = Issuer.App.Services.CreateAsyncScope();
        var code = await ActivatorUtilities.CreateInstance<TCommand>(scope.ServiceProvider, output).RunAsync(On.Organisation(slug), words, CancellationToken.None);
        return (code, output.ToString().TrimEnd());
    }
}

/// <summary>The same, where acceptances go to the ledger when a test says so.</summary>
public sealed class SteppedDepositWorld : DepositWorld
{
    public SteppedDepositWorld() : base(services =>
    {
        services.Remove(services.Single(s => s.ImplementationType == typeof(AcceptDeposits)));
        services.AddSingleton<AcceptDeposits>();
    })
    { }
}
