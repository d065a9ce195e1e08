using System.Net;
using System.Text.Json.Nodes;
using Identity.Credentials;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Jose;
using Identity.Credentials.StatusList;
using Identity.Credentials.Verdicts;
using Identity.Verifier.Results;
using Identity.Verifier.Status;
using Identity.Verifier.Tests.World;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Identity.Verifier.Tests.Status;

/// <summary>Lists of a college that was closed: the ministry is its depositary.</summary>
public sealed class ClosedIssuerTests : IAsyncLifetime
{
    private readonly List<string> _asked = [];
    private WebApplication _mirror = null!;
    private Scene _scene = null!;
    private string? _mirrored;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _mirror = builder.Build();
        _mirror.MapGet("/mirror/status", (string uri) =>
        {
            _asked.Add("mirror");
            return uri == _scene.College.StatusUri && _mirrored is not null ? (IResult)TypedResults.Text(_mirrored, "application/statuslist+jwt") : TypedResults.NotFound();
        });
        await _mirror.StartAsync();
        _scene = await Scene.OpenAsync("--Status:RefreshSeconds=3600", $"--Mirror:Sources:0={_mirror.Urls.First()}");
    }

    public async Task DisposeAsync()
    {
        await _scene.DisposeAsync();
        await _mirror.DisposeAsync();
    }

    [Fact]
    public async Task A_final_list_is_held_over_a_restart_though_its_key_is_reported_stolen_afterwards()
    {
        var diploma = _scene.College.Issue("qualification", Scene.Diploma);
        var final = Close(accepted: false);
        _scene.College.StatusInstead = () => final;
        Scene.Is("valid", "valid", await CheckAsync(diploma));

        _scene.Clock.Pass(TimeSpan.FromDays(400));
        var keys = _scene.Verifier.Ledger.Keys;
        var at = keys.FindIndex(key => key.Organisation == _scene.College.Organisation.Id);
        keys[at] = keys[at] with { EndedAt = _scene.Clock.Now.AddDays(-399).AddHours(-23), Reason = KeyEndReason.Compromised };

        var held = Assert.Single((await RestartAsync()).Current);
        Assert.Equal((Convert.ToHexString(_scene.College.Organisation.Id), true), (Convert.ToHexString(held.Organisation), held.IsFinal));
    }

    [Fact]
    public async Task A_depositarys_list_is_after_a_restart_still_the_closed_colleges()
    {
        var diploma = _scene.College.Issue("qualification", Scene.Diploma);
        Close(accepted: true);
        _scene.Ministry.Deposit = (_, _) => Token(_scene.Ministry.Key);
        Scene.Is("valid", "valid", await CheckAsync(diploma));

        var held = Assert.Single((await RestartAsync()).Current);

        Assert.Equal((_scene.College.StatusUri, Convert.ToHexString(_scene.College.Organisation.Id)), (held.Snapshot.Token.Uri, Convert.ToHexString(held.Organisation)));
    }

    [Theory]
    [InlineData("depositary", "valid", "valid")] // and then, in vain, who has the last list
    [InlineData("mirror", "cannot_tell", "stale_data")] // what ended since the last list only the depositary knows
    [InlineData("college", "cannot_tell", "stale_data")]
    public async Task The_depositary_is_asked_first_then_mirrors_then_the_old_address(string has, string outcome, string reason)
    {
        var diploma = _scene.College.Issue("qualification", Scene.Diploma);
        var final = Close(accepted: true);
        _scene.College.StatusInstead = () => Ask("college", has == "college" ? final : "");
        _scene.Ministry.Deposit = (id, n) => Ask("depositary", has == "depositary" && (id, n) == (Convert.ToHexStringLower(_scene.College.Organisation.Id), "1") ? Token(_scene.Ministry.Key) : "");
        _mirrored = has == "mirror" ? final : null;

        Scene.Is(outcome, reason, await CheckAsync(diploma));
        Assert.Equal("depositary mirror college", string.Join(' ', _asked));
    }

    [Fact]
    public async Task Attack_a_depositary_brings_back_what_the_last_list_ended()
    {
        var diploma = _scene.College.Issue("qualification", Scene.Diploma);
        _scene.College.SetStatus(diploma.Index, StatusValue.Invalid);
        _scene.College.StatusInstead = () => "";
        _mirrored = Close(accepted: true);
        _scene.College.SetStatus(diploma.Index, StatusValue.Valid);
        _scene.Ministry.Deposit = (_, _) => Token(_scene.Ministry.Key);

        Scene.Is("not_valid", "revoked", await CheckAsync(diploma));

        // Nor does a trust pack bring it back, and other mirrors can have both lists.
        Assert.Equal((byte)StatusValue.Invalid, Assert.Single(Cache.Current).Statuses.Get(diploma.Index));
        var address = $"/mirror/status?uri={Uri.EscapeDataString(_scene.College.StatusUri)}";
        Assert.Equal(_mirrored, await _scene.Browser.GetStringAsync($"{address}&final=true"));
        Assert.NotEqual(_mirrored, await _scene.Browser.GetStringAsync(address));
    }

    [Fact]
    public async Task What_the_depositary_ended_stays_ended_over_a_restart_when_it_is_away_and_its_list_has_run_out()
    {
        var (ended, other) = (_scene.College.Issue("qualification", Scene.Diploma), _scene.College.Issue("qualification", Scene.Diploma));
        var final = Close(accepted: true);
        (_mirrored, _scene.College.StatusInstead) = (final, () => final);
        _scene.College.SetStatus(ended.Index, StatusValue.Invalid);
        _scene.Ministry.Deposit = (_, _) => Token(_scene.Ministry.Key);
        Scene.Is("not_valid", "revoked", await CheckAsync(ended));
        _scene.Ministry.Deposit = null;
        _scene.Clock.Pass(TimeSpan.FromDays(3));

        var cache = await RestartAsync();
        await cache.RefreshAsync(CancellationToken.None);

        var trust = new Identity.Verifier.Trust.TrustView(_scene.Verifier.Services.GetRequiredService<Identity.Verifier.Trust.LedgerSource>(), cache);
        foreach (var (diploma, reason) in new[] { (ended, ReasonCode.Revoked), (other, ReasonCode.StaleData) })
            Assert.Equal(reason, VerdictEngine.Check(diploma.Text, new Expectations.File(), trust, _scene.Clock.Now).Reason);
        Assert.Empty(cache.Current);
    }

    [Fact]
    public async Task Attack_a_list_of_a_stolen_key_dated_ahead_keeps_the_true_one_out()
    {
        var diploma = _scene.College.Issue("qualification", Scene.Diploma);
        _scene.College.StatusInstead = () => Token(_scene.College.Key, _scene.Clock.Now.AddSeconds(50));
        Scene.Is("valid", "valid", await CheckAsync(diploma));

        _scene.Clock.Pass(TimeSpan.FromSeconds(10));
        using var next = Es256Key.Create();
        var keys = _scene.Verifier.Ledger.Keys;
        var at = keys.FindIndex(key => key.Organisation == _scene.College.Organisation.Id);
        keys[at] = keys[at] with { EndedAt = _scene.Clock.Now, Reason = KeyEndReason.Compromised };
        keys.Add(keys[at] with { Thumbprint = next.PublicKey.Thumbprint(), Key = next.PublicKey, EndedAt = null, Reason = null });
        _scene.College.StatusInstead = () => Token(next);
        await Cache.RefreshAsync(CancellationToken.None);

        Scene.Is("valid", "valid", await CheckAsync(diploma));
    }

    [Fact]
    public async Task What_the_depositary_revoked_is_revoked()
    {
        var diploma = _scene.College.Issue("qualification", Scene.Diploma);
        var final = Close(accepted: true);
        (_mirrored, _scene.College.StatusInstead) = (final, () => final);
        _scene.College.SetStatus(diploma.Index, StatusValue.Invalid);
        _scene.Ministry.Deposit = (_, _) => Token(_scene.Ministry.Key);

        Scene.Is("not_valid", "revoked", await CheckAsync(diploma));

        // Held, it is not replaced by the older last list while the depositary is away.
        _scene.Ministry.Deposit = null;
        _scene.Clock.Pass(TimeSpan.FromSeconds(10));
        await Cache.RefreshAsync(CancellationToken.None);
        Scene.Is("not_valid", "revoked", await CheckAsync(diploma));
    }

    [Fact]
    public async Task A_last_list_that_is_held_is_asked_for_no_more_while_nobody_has_accepted()
    {
        var diploma = _scene.College.Issue("qualification", Scene.Diploma);
        _mirrored = Close(accepted: false);
        Scene.Is("valid", "valid", await CheckAsync(diploma));
        _asked.Clear();

        await Cache.RefreshAsync(CancellationToken.None);

        Assert.Empty(_asked);
    }

    [Fact]
    public async Task A_college_that_is_not_closed_is_asked_at_its_own_address_alone()
    {
        _mirrored = Token(_scene.College.Key);

        Scene.Is("valid", "valid", await CheckAsync(_scene.College.Issue("qualification", Scene.Diploma)));
        Assert.Empty(_asked);
    }

    [Theory]
    [InlineData("by a stranger")]
    [InlineData("by a depositary that has not accepted")]
    [InlineData("by the closed college itself")]
    [InlineData("a last list that the statement does not name")]
    [InlineData("the depositary's of two days ago, without an end")]
    public async Task Attack_a_mirror_serves_another_list(string kind)
    {
        var diploma = _scene.College.Issue("qualification", Scene.Diploma);
        _scene.College.StatusInstead = () => "";
        Close(accepted: kind.StartsWith("the depositary's", StringComparison.Ordinal));
        using var stranger = Es256Key.Create();
        _mirrored = kind switch
        {
            "by a stranger" => Token(stranger),
            "by a depositary that has not accepted" => Token(_scene.Ministry.Key),
            "by the closed college itself" => Token(_scene.College.Key),
            "a last list that the statement does not name" => Token(_scene.College.Key, _scene.Clock.Now.AddDays(-3), ends: false),
            _ => Token(_scene.Ministry.Key, _scene.Clock.Now.AddDays(-2), ends: false),
        };

        Scene.Is("cannot_tell", "stale_data", await CheckAsync(diploma));
        Assert.Contains("mirror", _asked);
    }

    [Fact]
    public async Task What_is_held_is_served_to_other_mirrors_as_it_was_signed()
    {
        var diploma = _scene.College.Issue("qualification", Scene.Diploma);
        _mirrored = Close(accepted: false);
        Scene.Is("valid", "valid", await CheckAsync(diploma));

        var answer = await _scene.Browser.GetAsync($"/mirror/status?uri={Uri.EscapeDataString(_scene.College.StatusUri)}");

        Assert.Equal((HttpStatusCode.OK, "application/statuslist+jwt", _mirrored), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsStringAsync()));
        Assert.NotNull(answer.Headers.ETag);
        Assert.Equal(HttpStatusCode.NotFound, (await _scene.Browser.GetAsync("/mirror/status?uri=https%3A%2F%2Fnobody.example%2Fstatus%2F1")).StatusCode);
        foreach (var wrong in new[] { "", "?uri=", $"?uri={new string('a', 2001)}" }) Assert.Equal(HttpStatusCode.BadRequest, (await _scene.Browser.GetAsync($"/mirror/status{wrong}")).StatusCode);
    }

    [Theory]
    [InlineData(true, "valid", "valid")]
    [InlineData(false, "not_valid", "issuer_not_entitled")]
    public async Task What_a_depositary_issues_in_the_place_of_a_closed_school_names_both(bool accepted, string outcome, string reason)
    {
        var (ledger, college, school) = (_scene.Verifier.Ledger, _scene.College.Organisation, new OrganisationRecord(System.Security.Cryptography.SHA256.HashData("school"u8), "https://school.example", "Old Harbour School", "XA", true, null));
        var id = Convert.ToHexString(school.Id);
        ledger.Organisations.Add(school);
        ledger.Closings[id] = new ClosingRecord(school.Id, _scene.Clock.Now.AddYears(-1), college, accepted ? _scene.Clock.Now.AddMonths(-6) : null, []);
        var at = ledger.Granted.FindIndex(link => link.Holder.Id == college.Id);
        var own = ledger.Granted[at];
        ledger.Granted[at] = new AccreditationLink(own.Number, own.Parent, own.Holder, own.Right, new Scope(["urn:identity:qualification:1"], OnBehalfOf: [id.ToLowerInvariant()]).Canonical(), own.From, null, null, own.GrantedAt);
        var diploma = _scene.College.Issue("qualification", Scene.Diploma, change: payload => payload["original_issuer"] = id.ToLowerInvariant());

        var claims = Scene.Diploma.DeepClone().AsObject();
        claims["original_issuer"] = id.ToLowerInvariant();
        var (paper, _) = _scene.College.Print("qualification", claims);

        var verdict = await CheckAsync(diploma);
        var scanned = await _scene.Browser.PostJsonAsync("/api/check", new JsonObject { ["credential"] = paper.Text }, HttpStatusCode.OK);

        Scene.Is(outcome, reason, verdict);
        Scene.Is(outcome, reason, scanned);
        Assert.Equal(verdict["reissued"]!.ToJsonString(), scanned["reissued"]!.ToJsonString());
        Assert.Equal((id.ToLowerInvariant(), "Old Harbour School", accepted), ((string)verdict["reissued"]!["original"]!, (string)verdict["reissued"]!["name"]!, (bool)verdict["reissued"]!["entitled"]!));
        var said = Plain(await _scene.Verifier.Services.GetRequiredService<Examiner>().FileAsync(diploma.Text, CancellationToken.None));
        Assert.Contains(accepted
            ? "re-issued: Re-issued by Port Selin Technical College in place of Old Harbour School, which closed on 2025-11-20."
            : "not accredited: Port Selin Technical College is not accredited to issue in place of Old Harbour School.", said, StringComparison.Ordinal);
    }

    private static string Plain(Examined examined) => Identity.Verifier.CommandLine.VerdictText.Plain(VerdictView.Of(examined.Verdict), Identity.Hosting.Strings.For("en"));

    private StatusCache Cache => _scene.Verifier.Services.GetRequiredService<StatusCache>();

    /// <summary>Closed now, with a last list of an hour ago. Where the ministry has accepted, what it signs counts from three days ago on.</summary>
    private string Close(bool accepted)
    {
        var final = Token(_scene.College.Key, _scene.Clock.Now.AddSeconds(-1), ends: false);
        var entry = Entry.OfJwt(final);
        _scene.Verifier.Ledger.Anchor(entry);
        _scene.Clock.Pass(TimeSpan.FromHours(1));
        var college = _scene.College.Organisation.Id;
        _scene.Verifier.Ledger.Closings[Convert.ToHexString(college)] = new ClosingRecord(college, _scene.Clock.Now, _scene.Ministry.Organisation, accepted ? _scene.Clock.Now.AddDays(-3) : null, [new FinalList(_scene.College.StatusUri, entry)]);
        return final;
    }

    private string Token(ISigner signer, DateTimeOffset? issuedAt = null, bool ends = true)
    {
        _scene.College.StatusLife = ends ? TimeSpan.FromHours(24) : null;
        return _scene.College.StatusToken(signer: signer, issuedAt: issuedAt);
    }

    private string Ask(string who, string token)
    {
        _asked.Add(who);
        return token;
    }

    // The process ends; a new one reads what the old one kept.
    private async Task<StatusCache> RestartAsync()
    {
        var cache = ActivatorUtilities.CreateInstance<StatusCache>(_scene.Verifier.Services);
        await cache.LoadAsync(CancellationToken.None);
        return cache;
    }

    private Task<JsonObject> CheckAsync(TestCredential credential) => _scene.Browser.PostJsonAsync("/api/check", new JsonObject { ["credential"] = credential.Text }, HttpStatusCode.OK);
}
