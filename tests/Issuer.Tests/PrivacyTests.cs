using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Identity.Credentials.Jose;
using Identity.Issuer.Data;
using Identity.Issuer.Recognition;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static Identity.Issuer.Tests.IssuerFixture;

namespace Identity.Issuer.Tests;

public sealed class PrivacyTests(IssuerFixture issuer) : IClassFixture<IssuerFixture>
{
    [Fact]
    public async Task Nothing_personal_and_no_secret_is_logged()
    {
        var folder = Directory.CreateTempSubdirectory("issuer-privacy-").FullName;
        var log = new Recorder();
        await using (var app = IssuerApp.Build([.. Settings(folder), "--Logging:LogLevel:Default=Information"], builder =>
        {
            builder.WebHost.UseTestServer();
            builder.Logging.ClearProviders().AddProvider(log);
        }))
        {
            await app.StartAsync();
            var http = app.GetTestClient();
            var access = app.Services.GetRequiredService<IssuerSeed>().Access.Single(a => a.Organisation == College);
            http.DefaultRequestHeaders.Add("X-Api-Key", access.ApiKey);
            var body = new JsonObject { ["type"] = "qualification", ["reference"] = "REF-77", ["claims"] = Diploma() };
            var prepared = await Json(await http.PostAsync($"/api/{College}/credentials", System.Net.Http.Json.JsonContent.Create(body)));
            await http.GetAsync($"/api/{College}/credentials?search=Amina");
            await http.GetAsync($"/{College}/offers/{prepared["offer"]!["id"]}");
            await http.PostAsync($"/{College}/token", new StringContent("tx_code=123456"));
            await http.PostAsync($"/{College}/credential?access_token=secret-token", null);

            // What was read must be there at all, or the test could not fail.
            app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Identity.Test").LogInformation("recorder works");
            Assert.Contains(log.Lines, l => l.Contains("recorder works", StringComparison.Ordinal));
            string[] secrets = ["Amina", "Okoye", "REF-77", access.ApiKey, access.Password, "123456", "secret-token", prepared["offer"]!["id"]!.GetValue<string>(), TxCode(prepared)];
            Assert.DoesNotContain(log.Lines, l => secrets.Any(s => l.Contains(s, StringComparison.OrdinalIgnoreCase)));
            await app.StopAsync();
        }
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task What_has_served_is_forgotten()
    {
        using var key = Es256Key.Create();
        var prepared = await issuer.Prepare();
        await issuer.Collect(await issuer.AccessToken(prepared), [key]);
        var id = prepared["id"]!.GetValue<string>();
        Assert.NotNull(await issuer.InDb(db => db.Copies.Where(c => c.CredentialId == id).Select(c => c.Body).SingleAsync()));

        await issuer.InDb(async db =>
        {
            await ForgetExpired.RunAsync(db, issuer.Clock.GetUtcNow() + TimeSpan.FromMinutes(6), default);
            return 0;
        });

        Assert.Null(await issuer.InDb(db => db.Copies.Where(c => c.CredentialId == id).Select(c => c.Body).SingleAsync()));
        Assert.Equal(0, await issuer.InDb(db => db.UsedNonces.CountAsync()));
        Assert.Equal(0, await issuer.InDb(db => db.AccessTokens.CountAsync()));
    }

    [Fact]
    public async Task What_was_shown_for_a_recognition_that_nobody_decides_is_forgotten()
    {
        var now = issuer.Clock.GetUtcNow();
        RecognitionCase Case(string id, CaseState state, int days) => new()
        {
            Id = id, Organisation = "recognition", Reference = id, CreatedAt = now - TimeSpan.FromDays(200), CreatedBy = "staff:1", State = state,
            Shown = "sealed", VerdictJson = "{}", ChangedAt = now - TimeSpan.FromDays(days),
        };
        await issuer.InDb(async db =>
        {
            db.RecognitionCases.AddRange(Case("left", CaseState.Answered, 121), Case("refused", CaseState.Unanswered, 121), Case("waiting", CaseState.Answered, 119));
            await db.SaveChangesAsync();
            await ForgetExpired.RunAsync(db, now, default);
            return 0;
        });

        var cases = await issuer.InDb(db => db.RecognitionCases.ToDictionaryAsync(c => c.Id));

        foreach (var id in new[] { "left", "refused" }) Assert.Equal((CaseState.Unanswered, null, null), (cases[id].State, cases[id].Shown, cases[id].VerdictJson));
        Assert.Equal((CaseState.Answered, "sealed", "{}"), (cases["waiting"].State, cases["waiting"].Shown, cases["waiting"].VerdictJson));
    }

    private sealed class Recorder : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
