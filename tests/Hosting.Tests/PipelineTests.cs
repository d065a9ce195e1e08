using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Hosting.Tests;

public sealed class PipelineTests
{
    [Fact]
    public async Task Every_answer_carries_the_security_headers()
    {
        await using var app = await App.StartAsync();

        using var answer = await app.Http.GetAsync("/nothing");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("{"), InlineData("{\"name\":1}"), InlineData("{\"name\":\"a\",\"name\":\"b\"}"), InlineData("[]"), InlineData("null"), InlineData("")]
    public async Task Attack_malformed_json_is_a_400_with_problem_details(string body)
    {
        await using var app = await App.StartAsync();

        using var answer = await app.Http.PostAsync("/echo", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("null", "Body needed"), InlineData("", "Body needed"), InlineData(" null ", "Body needed"), InlineData("[]", "Malformed JSON")]
    public async Task A_body_that_is_no_object_is_answered_in_our_own_words(string body, string title)
    {
        await using var app = await App.StartAsync();

        using var answer = await app.Http.PostAsync("/echo", new StringContent(body, Encoding.UTF8, "application/json"));

        var problem = (await answer.Content.ReadFromJsonAsync<JsonElement>())!;
        Assert.Equal(title, problem.GetProperty("title").GetString());
        foreach (var word in new[] { "Named", "parameter", "Microsoft", "bind" }) Assert.DoesNotContain(word, problem.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_json_and_a_parameter_that_cannot_be_read_are_answered_in_our_own_words()
    {
        await using var app = await App.StartAsync();

        using var form = await app.Http.PostAsync("/echo", new StringContent("name=a", Encoding.UTF8, "text/plain"));
        using var number = await app.Http.GetAsync("/page?number=x");

        Assert.Equal((HttpStatusCode.UnsupportedMediaType, HttpStatusCode.BadRequest), (form.StatusCode, number.StatusCode));
        foreach (var answer in new[] { form, number }) Assert.DoesNotContain("bind", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("int", (await number.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json; charset=foo"), InlineData("application/json; charset=utf-16"), InlineData("application/json; charset=utf-7")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7"), InlineData("application/x-www-form-urlencoded; charset=\"x")]
    public async Task Attack_a_charset_that_is_not_utf_8_is_a_415_and_no_fault(string type)
    {
        await using var app = await App.StartAsync();

        foreach (var path in new[] { "/echo", "/form" })
        {
            using var body = new ByteArrayContent("{\"name\":\"a\"}"u8.ToArray());
            Assert.True(body.Headers.TryAddWithoutValidation("Content-Type", type));
            using var answer = await app.Http.PostAsync(path, body);
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("application/json"), InlineData("application/json; charset=UTF-8"), InlineData("application/json; charset=\"utf-8\""), InlineData("application/json; charset=us-ascii")]
    public async Task Utf_8_is_taken_however_it_is_written(string type)
    {
        await using var app = await App.StartAsync();

        using var body = new ByteArrayContent("{\"name\":\"a\"}"u8.ToArray());
        Assert.True(body.Headers.TryAddWithoutValidation("Content-Type", type));
        using var answer = await app.Http.PostAsync("/echo", body);

        Assert.Equal("a", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public void Attack_other_addresses_of_one_ipv6_network_are_the_same_client()
    {
        Assert.Equal(Limits.Client(IPAddress.Parse("2001:db8:1:2::1")), Limits.Client(IPAddress.Parse("2001:db8:1:2:ffff::9")));
        Assert.NotEqual(Limits.Client(IPAddress.Parse("2001:db8:1:2::1")), Limits.Client(IPAddress.Parse("2001:db8:1:3::1")));
        Assert.Equal(Limits.Client(IPAddress.Parse("192.0.2.7")), Limits.Client(IPAddress.Parse("::ffff:192.0.2.7")));
        Assert.NotEqual(Limits.Client(IPAddress.Parse("192.0.2.7")), Limits.Client(IPAddress.Parse("192.0.2.8")));
    }

    [Fact]
    public async Task A_lost_race_is_a_409_and_a_fault_says_nothing_about_itself()
    {
        await using var app = await App.StartAsync();

        using var race = await app.Http.PostAsync("/race", null);
        using var fault = await app.Http.PostAsync("/fault", null);

        Assert.Equal(HttpStatusCode.Conflict, race.StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, fault.StatusCode);
        Assert.DoesNotContain("secret", await fault.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Attack_guessing_a_secret_is_slowed_down()
    {
        await using var app = await App.StartAsync("--Limits:secrets=3");

        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 5; i++)
        {
            using var answer = await app.Http.PostAsync("/guess", null);
            answers.Add(answer.StatusCode);
        }

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests], answers);
    }

    [Fact]
    public async Task A_missing_setting_says_what_to_set()
    {
        await using var app = await App.StartAsync();

        var missing = Assert.Throws<SettingMissingException>(() => app.Web.Configuration.Required("Ledger:Rpc", "the address of a ledger node"));

        Assert.Contains("Set Ledger:Rpc (the address of a ledger node)", missing.Message);
        Assert.Contains("Ledger__Rpc", missing.Message);
    }

    [Theory]
    [InlineData("http://example.org"), InlineData("https://example.org/"), InlineData("ftp://example.org"), InlineData("example.org")]
    public async Task Attack_a_public_address_without_tls_is_refused(string url)
    {
        await using var app = await App.StartAsync($"--PublicUrl={url}");

        Assert.Throws<SettingMissingException>(() => app.Web.Configuration.PublicUrl());
    }

    private sealed record Named(string Name);

    private sealed class App(WebApplication web, HttpClient http) : IAsyncDisposable
    {
        public HttpClient Http => http;

        public WebApplication Web => web;

        public static async Task<App> StartAsync(params string[] args)
        {
            var builder = WebApplication.CreateBuilder();
            builder.AddIdentityHosting("test", [.. args, "--urls=http://127.0.0.1:0"]);
            var web = builder.Build();
            web.UseIdentityHosting();
            web.MapPost("/echo", (Named named) => named.Name);
            web.MapGet("/page", (int number) => number);
            web.MapPost("/form", async (HttpContext http) => (await http.Request.ReadFormAsync()).Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
            web.MapPost("/race", IResult () => throw new DbUpdateConcurrencyException("lost"));
            web.MapPost("/fault", IResult () => throw new InvalidOperationException("secret"));
            web.MapPost("/guess", () => Results.Ok()).RequireRateLimiting(Limits.Secrets);
            await web.StartAsync();
            var address = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            return new App(web, new HttpClient { BaseAddress = new Uri(address) });
        }

        public async ValueTask DisposeAsync()
        {
            http.Dispose();
            await web.DisposeAsync();
        }
    }
}
