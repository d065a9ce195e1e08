using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.Recovery;
using Identity.Credentials.Types;
using Identity.Issuer.Deposits;
using Identity.Issuer.Issuance;
using Microsoft.EntityFrameworkCore;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests.Deposits;

/// <summary>A diploma or reference of the closed college on somebody's phone, and the sheet that the phone told the college of.</summary>
public sealed record Held(string Record, IReadOnlyList<Es256Key> Keys, IReadOnlyList<string> Copies, RecoveryCode Sheet);

/// <summary>A college that has closed, whose depositary has accepted and may issue in its place; phones that hold what the college issued.</summary>
public sealed class PhonesWorld() : DepositWorld(null, "--Organisations:0:Types:2=employment-reference", "--Organisations:1:Types:2=employment-reference")
{
    private readonly Dictionary<string, Held> _held = [];
    private readonly Queue<Held> _diplomas = new();

    /// <summary>A diploma for one test alone: Amina's, in two copies.</summary>
    public Held Diploma() => _diplomas.Dequeue();

    public Held Reference => _held["reference"];


    public string Address => $"/{Ministry}/deposits/{Id}";

    protected override async Task BeforeClosingAsync()
    {
        for (var n = 0; n < 30; n++) _diplomas.Enqueue(await HoldAsync(IssuerFixture.Diploma(), "qualification"));
        _held["reference"] = await HoldAsync(CorrectionTests.Reference(), "employment-reference");
    }

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        var (code, said) = await TakeOver(File);
        Assert.True(code == 0, said);
        await ConfirmAsync();
        Assert.Equal(HttpStatusCode.Accepted, (await Issuer.Ask(HttpMethod.Post, $"/api/{Ministry}/deposits/{Id}/acceptance", await Issuer.NewApiKey(Ministry), new JsonObject { ["word"] = Ministry })).StatusCode);
        await IssuerOnLedger.Until(() => Issuer.InDb(db => db.Deposits.AsNoTracking().SingleAsync()), d => d.State is DepositState.Accepted);
        await On.Grant(Ministry, AccreditationRight.Issue, new Scope([.. new[] { "qualification", "employment-reference" }.Select(t => TypeDefinition.Find(t)!.Vct)], OnBehalfOf: [Id]));
    }

    private async Task<Held> HoldAsync(JsonObject claims, string type)
    {
        var prepared = await Issuer.Prepare(claims, type: type);
        Es256Key[] keys = [Es256Key.Create(), Es256Key.Create()];
        var copies = await Issuer.Collect(await Issuer.AccessToken(prepared), keys, type);
        var sheet = new RecoveryCode(RandomNumberGenerator.GetBytes(16));
        var told = await Say($"/{College}/recovery-anchor", "identity-recovery-anchor+jwt", keys[0], [], College, said =>
        {
            said["secret_hash"] = Base64Url.Encode(SHA256.HashData(sheet.IssuerSecret(Closed.Issuer)));
            said["tag"] = sheet.TagFor(Closed.Issuer);
        });
        Assert.Equal(HttpStatusCode.NoContent, told.StatusCode);
        var id = (string)prepared["id"]!;
        // As it is for somebody who printed the sheet long before the phone was lost.
        await Issuer.InDb(db => db.RecoveryAnchors.Where(a => a.CredentialId == id).ExecuteUpdateAsync(a => a.SetProperty(x => x.SetAt, DateTimeOffset.UtcNow.AddDays(-20))));
        return new Held(id, keys, copies, sheet);
    }

    /// <summary>What a phone says to an address, signed by a key of its own.</summary>
    public async Task<HttpResponseMessage> Say(string path, string type, Es256Key key, JsonObject body, string nonceOf = Ministry, Action<JsonObject>? change = null)
    {
        var said = new JsonObject { ["aud"] = Url + path, ["iat"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(), ["nonce"] = await Issuer.Nonce(nonceOf) };
        change?.Invoke(said);
        body["proof"] = Jws.Sign(new JsonObject { ["typ"] = type, ["jwk"] = key.PublicKey.ToJson() }, said, key);
        return await Issuer.Http.PostAsync(path, new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));
    }

    /// <summary>A phone shows a copy and asks for a new one.</summary>
    public Task<HttpResponseMessage> Renew(Es256Key key, string credential, Action<JsonObject>? change = null) => Say($"{Address}/renewal", "identity-renewal-request+jwt", key, new JsonObject { ["credential"] = credential }, change: said =>
    {
        said["credential_hash"] = Base64Url.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(credential)));
        change?.Invoke(said);
    });

    /// <summary>The phone collects what it was offered.</summary>
    public async Task<string> Collect(JsonNode offer, Es256Key key, string type = "qualification")
    {
        var prepared = new JsonObject { ["offer"] = new JsonObject { ["link"] = (string)offer["offer"]!, ["txCode"] = (string)offer["tx_code"]! } };
        return Assert.Single(await Issuer.Collect(await Issuer.AccessToken(prepared, Ministry), [key], type, Ministry));
    }

    /// <summary>The answer, which must be 200.</summary>
    public static async Task<JsonObject> Answer(HttpResponseMessage answer)
    {
        Assert.True(answer.StatusCode is HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await Json(answer);
    }

    public Task<List<int>> StatusesOf(string record) => Issuer.InDb(db => db.StatusEntries.AsNoTracking().Where(e => e.Organisation == Id && e.CredentialId == record).OrderBy(e => e.Index).Select(e => (int)e.Value).ToListAsync());

    public Task<DepositRecord> Record(string id) => Issuer.InDb(db => db.DepositRecords.AsNoTracking().SingleAsync(r => r.Deposit == Id && r.Id == id));

    public Task<List<DepositRequest>> Requests(string record) => Issuer.InDb(db => db.DepositRequests.AsNoTracking().Where(r => r.Record == record).ToListAsync());
}
