using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Identity.Issuer.Recognition;
using Identity.Issuer.Tests.Console;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

/// <summary>Between the verdict on a qualification and the decision lie weeks. The verifier here is a peer on a loopback port; with the real one, and a real revocation, the journey of the Host plays it.</summary>
public sealed class RecognitionStatusTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>, IAsyncLifetime
{
    private static readonly StatusPlace Place = new($"{Url}/{College}/status/1", 4711);
    private WebApplication _verifier = null!;
    private string _reason = "valid";
    private bool _away;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _verifier = builder.Build();
        _verifier.MapPost("/api/status", async (HttpRequest request) =>
        {
            var asked = (await request.ReadFromJsonAsync<JsonObject>())!;
            Assert.Equal(($"{Url}/{College}", Place.Uri, Place.Index), ((string)asked["issuer"]!, (string)asked["uri"]!, (long)asked["index"]!));
            return _away ? Results.StatusCode(503) : Results.Json(new { outcome = _reason == "valid" ? "valid" : "not_valid", reason = _reason, evidence = "", asOf = issuer.Clock.GetUtcNow() });
        });
        await _verifier.StartAsync();
        issuer.Service<IConfiguration>()["Recognition:Verifier"] = _verifier.Urls.First();
    }

    public async Task DisposeAsync() => await _verifier.DisposeAsync();

    private async Task<HttpResponseMessage> Send(string path, JsonObject? body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/{Centre}/recognition/{path}") { Content = JsonContent.Create(body) };
        request.Headers.Add("X-Api-Key", issuer.ApiKey(Centre));
        return await issuer.Http.SendAsync(request);
    }

    private Task<HttpResponseMessage> Decide(string id, string outcome = "full", bool knowingly = false)
    {
        var claims = RecognitionTests.Decision(outcome);
        if (outcome == "none") (claims["differences"], claims["way_ahead"]) = ("The qualification was withdrawn.", "Ask the college.");
        return Send($"{id}/statement", new JsonObject { ["claims"] = claims, ["statusUnknown"] = knowingly });
    }

    private Task<RecognitionCase> Case(string id) => issuer.InDb(db => db.RecognitionCases.AsNoTracking().SingleAsync(c => c.Id == id));

    [Theory]
    [InlineData("revoked")]
    [InlineData("suspended")]
    public async Task Attack_a_diploma_that_was_ended_after_it_was_shown_is_recognised_on_the_old_verdict(string ended)
    {
        var id = await RecognitionTests.Answered(issuer, Place);
        var before = await Case(id);
        issuer.Clock.Move(TimeSpan.FromDays(30));
        _reason = ended;

        foreach (var outcome in new[] { "full", "partial", "conditional", "other-level" })
        {
            var refused = await Decide(id, outcome);
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            Assert.Contains($"{ended} by its issuer", (string)(await Json(refused))["detail"]!);
        }
        // Nor does it help to say that one knows nothing.
        Assert.Equal(HttpStatusCode.Conflict, (await Decide(id, knowingly: true)).StatusCode);

        var kept = await Case(id);
        Assert.Equal((CaseState.Answered, before.ChangedAt, issuer.Clock.GetUtcNow()), (kept.State, kept.ChangedAt, kept.AsOf));
        var clerk = await Clerk.SignedIn(issuer, Centre);
        var page = await clerk.Page($"/console/recognition/{id}");
        Assert.Contains($"data-status=\"{(ended == "revoked" ? "Revoked" : "Suspended")}\"", page);
        Assert.DoesNotContain("Genuine and in force", page);
        var posted = await clerk.Post($"/console/recognition/{id}", [.. RecognitionTests.Decision().Select(c => ("claim." + c.Key, c.Value!.ToString()))]);
        Assert.Contains("data-testid=\"problem\"", await posted.Content.ReadAsStringAsync());
        Assert.Equal(CaseState.Answered, (await Case(id)).State);

        Assert.Equal(HttpStatusCode.Created, (await Decide(id, "none")).StatusCode);
    }

    [Fact]
    public async Task Attack_a_diploma_past_its_own_last_day_is_recognised_on_the_old_verdict()
    {
        var id = await RecognitionTests.Answered(issuer, Place, $"{issuer.Clock.GetUtcNow().AddDays(10):yyyy-MM-dd'T'HH:mm:ss'Z'}");
        issuer.Clock.Move(TimeSpan.FromDays(11));

        Assert.Equal(HttpStatusCode.Conflict, (await Decide(id)).StatusCode);
        Assert.Equal(QualificationStatus.Expired, (await Case(id)).Status);
    }

    [Fact]
    public async Task What_cannot_be_looked_at_is_decided_knowingly_or_not_at_all_and_logged()
    {
        var id = await RecognitionTests.Answered(issuer, Place);
        var asOf = (await Case(id)).AsOf;
        issuer.Clock.Move(TimeSpan.FromDays(1));
        _away = true;

        var refused = await Decide(id);
        Assert.Equal((HttpStatusCode.Conflict, "Status unknown"), (refused.StatusCode, (string)(await Json(refused))["title"]!));
        Assert.Equal(asOf, (await Case(id)).AsOf);
        var clerk = await Clerk.SignedIn(issuer, Centre);
        Assert.Contains("data-testid=\"knowingly\"", await clerk.Page($"/console/recognition/{id}"));
        (string, string)[] fields = [.. RecognitionTests.Decision().Select(c => ("claim." + c.Key, c.Value!.ToString()))];
        Assert.Contains("data-testid=\"problem\"", await (await clerk.Post($"/console/recognition/{id}", fields)).Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.Redirect, (await clerk.Post($"/console/recognition/{id}", [.. fields, ("knowingly", "true")])).StatusCode);
        var decided = await Case(id);
        Assert.Equal((CaseState.Decided, QualificationStatus.Unknown, null), (decided.State, decided.Status, decided.Shown));
        Assert.Equal(1, await issuer.InDb(db => db.AccessLog.CountAsync(e => e.CredentialId == decided.Statement && e.Act == "case-status-unknown")));

    }

    [Fact]
    public async Task The_case_says_as_of_when_and_the_evaluator_looks_again()
    {
        var id = await RecognitionTests.Answered(issuer, Place);
        issuer.Clock.Move(TimeSpan.FromDays(3));
        var clerk = await Clerk.SignedIn(issuer, Centre);
        Assert.Contains("data-testid=\"as-of\"", await clerk.Page($"/console/recognition/{id}"));

        var looked = await (await clerk.Post($"/console/recognition/{id}?handler=Check", ("claim.reasons", "typed already"))).Content.ReadAsStringAsync();

        Assert.Contains("data-status=\"InForce\"", looked);
        Assert.Contains("typed already", looked);
        Assert.Contains($"{issuer.Clock.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss'Z'}", looked);
        var byProgram = await Json(await Send($"{id}/status", null));
        Assert.Equal("in_force", (string)byProgram["status"]!, ignoreCase: true);
        Assert.Equal(2, await issuer.InDb(db => db.AccessLog.CountAsync(e => e.CredentialId == id && e.Act == "case-checked")));
        Assert.Equal(HttpStatusCode.Created, (await Decide(id)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Send($"{id}/status", null)).StatusCode);
    }
}
