using System.Data.Common;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.StatusList;
using Identity.Hosting;
using Identity.Issuer.Data;
using Identity.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Issuer.Tests;

/// <summary>The faults of docs/operations/faults.md that an issuing service meets: what the caller sees, that nothing is half-written, and what heals it.</summary>
public sealed class FaultTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("issuer-faults-").FullName;

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_database_locked_by_another_writer_is_busy_and_not_a_fault_of_the_caller()
    {
        await using var app = await StartAsync($"--ConnectionStrings:Issuer=Data Source={_folder}/issuer.db;Default Timeout=1");
        await using (var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_folder}/issuer.db;Pooling=False"))
        {
            await other.OpenAsync();
            await using var held = await other.BeginTransactionAsync(); // "begin immediate": nobody else writes
            await RefusedAsync(await PrepareAsync(app), "Busy", "2");
        }

        Assert.Equal(HttpStatusCode.Created, (await PrepareAsync(app)).StatusCode);
        Assert.Equal(1, await CountAsync(app));
        await app.StopAsync();
    }

    [PostgresFact]
    public async Task A_table_locked_by_another_session_is_busy_and_not_a_fault_of_the_caller()
    {
        var connection = await PostgresServer.NewDatabaseAsync();
        await using var app = await StartAsync($"--ConnectionStrings:Issuer={connection};Command Timeout=1");
        await using (var other = new Npgsql.NpgsqlConnection(connection))
        {
            await other.OpenAsync();
            await using var held = await other.BeginTransactionAsync();
            await using var command = new Npgsql.NpgsqlCommand("LOCK TABLE credentials IN ACCESS EXCLUSIVE MODE", other);
            await command.ExecuteNonQueryAsync();
            await RefusedAsync(await PrepareAsync(app), "Busy", "2");
        }

        Assert.Equal(HttpStatusCode.Created, (await PrepareAsync(app)).StatusCode);
        Assert.Equal(1, await CountAsync(app));
        await app.StopAsync();
    }

    [Fact]
    public async Task A_full_disk_stops_storing_with_a_sentence_and_leaves_nothing_half_written()
    {
        var disk = new Disk();
        await using var app = await StartAsync(builder => builder.Services.ConfigureDbContext<IssuerDb>(options => options.AddInterceptors(disk)));
        disk.Full = true;

        var stored = 0;
        HttpResponseMessage answer;
        // The pages at hand take a few more rows.
        while ((answer = await PrepareAsync(app)).StatusCode == HttpStatusCode.Created && stored < 2000) stored++;

        await RefusedAsync(answer, "Cannot store", "30");
        Assert.Equal(stored, await CountAsync(app));
        Assert.Equal(stored, await InDb(app, db => db.Offers.CountAsync()));
        Assert.Equal(2 * stored, await InDb(app, db => db.Events.CountAsync(e => e.Act == "created" || e.Act == "offered")));
        disk.Full = false;
        Assert.Equal(HttpStatusCode.Created, (await PrepareAsync(app)).StatusCode);
        await app.StopAsync();
    }

    [PostgresFact]
    public async Task A_database_that_takes_no_writing_stops_storing_with_a_sentence()
    {
        var connection = await PostgresServer.NewDatabaseAsync();
        await using var app = await StartAsync($"--ConnectionStrings:Issuer={connection}");
        await SetReadOnlyAsync(connection, true);

        await RefusedAsync(await PrepareAsync(app), "Cannot store", "30");
        await SetReadOnlyAsync(connection, false);

        Assert.Equal(HttpStatusCode.Created, (await PrepareAsync(app)).StatusCode);
        Assert.Equal(1, await CountAsync(app));
        await app.StopAsync();
    }

    [PostgresFact]
    public async Task A_database_server_that_cannot_be_reached_is_said_to_be_away()
    {
        var connection = await PostgresServer.NewDatabaseAsync();
        await using var app = await StartAsync($"--ConnectionStrings:Issuer={connection}");
        var name = new Npgsql.NpgsqlConnectionStringBuilder(connection).Database;
        var server = await PostgresServer.OfThisProcessAsync();
        await server.ExecuteAsync($"ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        await server.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
        var away = await UntilAsync(() => PrepareAsync(app), a => a.StatusCode == HttpStatusCode.ServiceUnavailable);
        Assert.NotNull(away.Headers.RetryAfter);
        await server.ExecuteAsync($"ALTER DATABASE {name} ALLOW_CONNECTIONS true");

        Assert.Equal(HttpStatusCode.Created, (await UntilAsync(() => PrepareAsync(app), a => a.StatusCode == HttpStatusCode.Created)).StatusCode);
        await app.StopAsync();
    }

    [PostgresFact]
    public async Task Attack_a_text_with_a_zero_character_is_refused_where_the_database_cannot_store_it()
    {
        await using var app = await StartAsync($"--ConnectionStrings:Issuer={await PostgresServer.NewDatabaseAsync()}");

        var answer = await SendAsync(app, HttpMethod.Get, "?search=a%00b");

        Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        await app.StopAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_clock_that_was_wrong_by_an_hour_leaves_no_list_from_the_future_once_it_is_right(int hours)
    {
        var issuer = new IssuerFixture();
        await issuer.InitializeAsync();
        try
        {
            issuer.Clock.Move(TimeSpan.FromHours(hours));
            var prepared = await issuer.Prepare();
            using var key = Identity.Credentials.Jose.Es256Key.Create();
            await issuer.Collect(await issuer.AccessToken(prepared), [key]);
            var wrong = await ListAsync(issuer);
            Assert.Equal(issuer.Clock.GetUtcNow().ToUnixTimeSeconds(), wrong.IssuedAt.ToUnixTimeSeconds());

            issuer.Clock.Move(TimeSpan.FromHours(-hours));
            var right = await ListAsync(issuer);

            Assert.Equal(issuer.Clock.GetUtcNow().ToUnixTimeSeconds(), right.IssuedAt.ToUnixTimeSeconds());
            var revoked = await issuer.Api(HttpMethod.Post, IssuerFixture.College, $"/{prepared["id"]}/revocation", new JsonObject { ["reason"] = "Awarded by mistake" });
            Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
            Assert.Contains((await ListAsync(issuer)).List.Bytes.ToArray(), b => b != 0);
        }
        finally
        {
            await issuer.DisposeAsync();
        }
    }

    [Fact]
    public async Task While_the_ledger_is_away_it_is_alive_ready_and_says_that_it_is_degraded()
    {
        var issuer = new IssuerFixture();
        await issuer.InitializeAsync();
        try
        {
            using var key = Identity.Credentials.Jose.Es256Key.Create();
            await issuer.Collect(await issuer.AccessToken(await issuer.Prepare()), [key]); // something to anchor

            var ready = await UntilAsync(() => issuer.Http.GetAsync("/health/ready"), a => a.Content.ReadAsStringAsync().Result == "Degraded");

            Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
            Assert.Equal("Healthy", await issuer.Http.GetStringAsync("/health/live"));
        }
        finally
        {
            await issuer.DisposeAsync();
        }
    }

    private static async Task<StatusListToken> ListAsync(IssuerFixture issuer)
    {
        Assert.True(StatusListToken.TryParse(await issuer.Http.GetStringAsync($"/{IssuerFixture.College}/status/1"), out var token, out var reason), reason);
        return token;
    }

    private Task<WebApplication> StartAsync(params string[] settings) => StartAsync(null, settings);

    private async Task<WebApplication> StartAsync(Action<WebApplicationBuilder>? configure, params string[] settings)
    {
        var app = IssuerApp.Build([.. IssuerFixture.Settings(_folder), .. settings], builder =>
        {
            builder.WebHost.UseTestServer();
            configure?.Invoke(builder);
        });
        await app.StartAsync();
        return app;
    }

    private static Task<HttpResponseMessage> PrepareAsync(WebApplication app) =>
        SendAsync(app, HttpMethod.Post, "", new JsonObject { ["type"] = "qualification", ["reference"] = $"F-{Guid.NewGuid():n}", ["claims"] = IssuerFixture.Diploma() });

    private static async Task<HttpResponseMessage> SendAsync(WebApplication app, HttpMethod method, string path, JsonObject? body = null)
    {
        var key = app.Services.GetRequiredService<IssuerSeed>().Access.Single(a => a.Organisation == IssuerFixture.College).ApiKey;
        using var request = new HttpRequestMessage(method, $"{IssuerFixture.Url}/api/{IssuerFixture.College}/credentials{path}") { Headers = { { "X-Api-Key", key } } };
        if (body is not null) request.Content = JsonContent.Create(body);
        return await app.GetTestClient().SendAsync(request);
    }

    private static async Task RefusedAsync(HttpResponseMessage answer, string title, string retryAfter)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(retryAfter, answer.Headers.RetryAfter?.ToString());
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(title, (await answer.Content.ReadFromJsonAsync<JsonObject>())!["title"]!.GetValue<string>());
    }

    private static Task<int> CountAsync(WebApplication app) => InDb(app, db => db.Credentials.CountAsync());

    private static async Task<T> InDb<T>(WebApplication app, Func<IssuerDb, Task<T>> read)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<IssuerDb>());
    }

    private static async Task<HttpResponseMessage> UntilAsync(Func<Task<HttpResponseMessage>> ask, Func<HttpResponseMessage, bool> wanted)
    {
        var answer = await ask();
        for (var tries = 0; tries < 300 && !wanted(answer); tries++)
        {
            await Task.Delay(100);
            answer = await ask();
        }
        Assert.True(wanted(answer), $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return answer;
    }

    private static async Task SetReadOnlyAsync(string connection, bool readOnly)
    {
        var name = new Npgsql.NpgsqlConnectionStringBuilder(connection).Database;
        await (await PostgresServer.OfThisProcessAsync()).ExecuteAsync($"ALTER DATABASE {name} SET default_transaction_read_only = {(readOnly ? "on" : "off")}");
        Npgsql.NpgsqlConnection.ClearPool(new Npgsql.NpgsqlConnection(connection)); // sessions keep what they began with
    }

    /// <summary>Lets the database file grow no further, as a full disk does.</summary>
    private sealed class Disk : DbConnectionInterceptor
    {
        public volatile bool Full;

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Limit(connection);

        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            Limit(connection);
            return Task.CompletedTask;
        }

        private void Limit(DbConnection connection)
        {
            using var command = connection.CreateCommand();
            command.CommandText = Full ? "PRAGMA max_page_count = 1" : "PRAGMA max_page_count = 1073741823"; // never below what is used
            command.ExecuteScalar();
        }
    }
}
