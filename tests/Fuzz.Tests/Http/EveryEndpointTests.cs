using System.Net.Sockets;
using System.Text;
using Identity.Audit;
using Identity.Audit.Data;
using Identity.Issuer;
using Identity.Issuer.Data;
using Identity.Verifier;
using Identity.Wallet;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace Identity.Fuzz.Tests.Http;

/// <summary>Every endpoint of every app, found in the app itself: a new one is covered without a line here.</summary>
public sealed class EveryEndpointTests(ITestOutputHelper output)
{
    private static readonly string[] Issuing =
    [
        "--Wallet:Url=http://localhost:5002", "--Organisations:0:Slug=port-selin", "--Organisations:0:Name=Port Selin Technical College", "--Organisations:0:Country=XT", "--Organisations:0:Demonstration=true",
        "--Organisations:0:Types:0=qualification",
    ];

    private static readonly string[] Verifying = ["--Verifier:Wallets:0:Name=Wallet", "--Verifier:Wallets:0:Url=http://localhost:5002/"];

    private static readonly string[] Auditing =
    [
        "--Organisations:0:Slug=northline", "--Organisations:0:Name=Northline Apparel", "--Organisations:0:Role=Auditor", "--Organisations:0:Demonstration=true",
        "--Organisations:1:Slug=garment-union", "--Organisations:1:Name=Garment Workers’ Union", "--Organisations:1:Role=Union", "--Organisations:1:Demonstration=true", "--Sites:0:Code=SITE-14", "--Sites:0:Name=Site 14",
        "--Engagements:0:Slug=site-14", "--Engagements:0:Organisation=northline", "--Engagements:0:Purpose=Contracts at Site 14", "--Engagements:0:Sites:0=SITE-14", "--Engagements:0:Until=2097-06-30T00:00:00Z",
    ];

    private static readonly Dictionary<string, string> Known = new() { ["org"] = "port-selin", ["list"] = "1", ["name"] = "qualification", ["type"] = "qualification", ["documentName"] = "v1", ["slug"] = "site-14" };

    private const string Password = "a-long-enough-password";

    private const string Diploma = """
        {"type":"qualification","reference":"D-1","claims":{"holder_name":"Amina Okoye-Reyes","title":"Diploma in Welding","kind":"diploma","occupation":"7212","level_eqf":4,"awarded_on":"2024-06-28",
        "awarding_body":"Port Selin Technical College","awarding_country":"XT","origin":"original"}}
        """;

    [Fact]
    public async Task Attack_nothing_a_stranger_sends_to_the_issuer_is_a_fault()
    {
        await using var app = await RunningApp.StartAsync(IssuerApp.Build, Issuing);
        using var stranger = app.Client();
        await Storm(app, stranger, atLeast: 20);
    }

    [Fact]
    public async Task Attack_nothing_a_customer_with_a_key_sends_to_the_issuer_is_a_fault()
    {
        await using var app = await RunningApp.StartAsync(IssuerApp.Build, Issuing);
        using var customer = app.Client("X-Api-Key", app.App.Services.GetRequiredService<IssuerSeed>().Access[0].ApiKey);
        await Storm(app, customer, atLeast: 20);
    }

    [Fact]
    public async Task Attack_nothing_that_staff_put_into_the_pages_of_the_console_is_a_fault()
    {
        await using var app = await RunningApp.StartAsync(IssuerApp.Build,
        [
            .. Issuing, "--Recognition:Verifier=http://127.0.0.1:1", "--Organisations:1:Slug=recognition", "--Organisations:1:Name=Norvia Recognition Centre", "--Organisations:1:Country=XN", "--Organisations:1:Demonstration=true", "--Organisations:1:Types:0=recognition",
        ]);
        using var customer = app.Client("X-Api-Key", app.App.Services.GetRequiredService<IssuerSeed>().Access[0].ApiKey);
        using var diploma = new StringContent(Diploma, Encoding.UTF8, "application/json");
        Assert.True((await customer.PostAsync("/api/port-selin/credentials", diploma)).IsSuccessStatusCode);

        var college = await StaffSession.SignInAsync(app, "/console", await AllRolesAsync(app, "port-selin"), Password);
        using var file = new MultipartFormDataContent { { new StringContent("qualification"), "type" }, { new StringContent("reference,holder_name\r\nD-1,Amina\r\n"), "file", "two.csv" } };
        Assert.Equal(System.Net.HttpStatusCode.Redirect, (await college.Http.PostAsync("/console/bulk", file)).StatusCode);

        await StormPages(app, college, atLeast: 20, "", "/console", "/console/bulk", "/console/keys");
        // What the pages' script asks.
        await Storm(app, college.Http, atLeast: 4, e => e.RoutePattern.RawText!.Contains("/console/", StringComparison.Ordinal) && e.Metadata.GetMetadata<PageActionDescriptor>() is null);
        await StormPages(app, await StaffSession.SignInAsync(app, "/console", await AllRolesAsync(app, "recognition"), Password), atLeast: 4, "recognition", "/console/recognition");
    }

    [Fact]
    public async Task Attack_nothing_a_stranger_sends_to_audit_is_a_fault()
    {
        await using var app = await RunningApp.StartAsync(AuditApp.Build, Auditing);
        using var stranger = app.Client();
        await Storm(app, stranger, atLeast: 8);
    }

    [Fact]
    public async Task Attack_nothing_that_staff_put_into_the_pages_of_audit_is_a_fault()
    {
        await using var app = await RunningApp.StartAsync(AuditApp.Build, Auditing);
        foreach (var access in app.App.Services.GetRequiredService<AuditSeed>().Access)
            await StormPages(app, await StaffSession.SignInAsync(app, "/desk", access.UserName, access.Password), atLeast: 5, "", "/desk");
    }

    [Fact]
    public async Task Attack_nothing_sent_to_the_verifier_is_a_fault()
    {
        await using var app = await RunningApp.StartAsync(VerifierApp.Build, Verifying);
        using var stranger = app.Client();
        await Storm(app, stranger, atLeast: 8);
    }

    [Fact]
    public async Task Attack_nothing_sent_to_the_wallets_server_is_a_fault()
    {
        await using var app = await RunningApp.StartAsync(WalletApp.Build);
        using var stranger = app.Client();
        await Storm(app, stranger, atLeast: 1);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\nX: \0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n")]
    [InlineData("POST /api/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("POST /api/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST /api/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n")]
    [InlineData("POST /api/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{")]
    [InlineData("GET http://attacker.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /%00%ff\u00ff HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    public async Task Attack_a_request_that_is_hardly_http_is_no_fault(string raw)
    {
        await using var app = await RunningApp.StartAsync(VerifierApp.Build, Verifying);

        var answer = await Raw(app, Encoding.Latin1.GetBytes(raw));

        // An answer that arrives behind a hang-up may be lost on its way; 505 is the server's word for a version of HTTP that there is not.
        Assert.True(answer.StartsWith("HTTP/1.1 505", StringComparison.Ordinal) || !answer.StartsWith("HTTP/1.1 5", StringComparison.Ordinal), answer);
    }

    [Fact]
    public async Task Attack_headers_without_end_are_refused()
    {
        await using var app = await RunningApp.StartAsync(VerifierApp.Build, Verifying);

        Refused("431", await Raw(app, Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n" + string.Concat(Enumerable.Range(0, 400).Select(i => $"X-{i}: y\r\n")) + "\r\n")));
        Refused("431", await Raw(app, Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + new string('y', 100_000) + "\r\n\r\n")));
        Refused("414", await Raw(app, Encoding.ASCII.GetBytes("GET /" + new string('y', 100_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n")));
    }

    // The server stops reading and hangs up: its words may then not arrive, but never is the request taken.
    private static void Refused(string status, string answer) => Assert.True(answer.Length == 0 || answer.StartsWith($"HTTP/1.1 {status}", StringComparison.Ordinal), answer);

    private async Task StormPages(RunningApp app, StaffSession staff, int atLeast, string part, params string[] starts)
    {
        var storm = new PageStorm(app, staff, Known, part);

        var faults = await storm.RunAsync(starts);

        output.WriteLine($"{storm.Sent} requests to {storm.Handlers} handlers");
        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.True(storm.Handlers >= atLeast, $"{storm.Handlers} handlers");
    }

    // Somebody who may do everything: the one for whom most of each page runs.
    private static async Task<string> AllRolesAsync(RunningApp app, string organisation)
    {
        var name = $"everything@{organisation}.example";
        await using var scope = app.App.Services.CreateAsyncScope();
        await StaffAccounts.CreateAsync(scope.ServiceProvider.GetRequiredService<UserManager<StaffUser>>(), scope.ServiceProvider.GetRequiredService<IssuerDb>(), name, organisation, Password, StaffAccounts.ReadRoles("clerk,approver,admin,auditor"));
        return name;
    }

    private async Task Storm(RunningApp app, HttpClient http, int atLeast, Func<RouteEndpoint, bool>? only = null)
    {
        var storm = new HttpStorm(app, http, Known, only);
        Assert.True(storm.Endpoints.Count >= atLeast, $"{storm.Endpoints.Count} endpoints");

        var faults = await storm.RunAsync();

        output.WriteLine($"{storm.Sent} requests to {storm.Endpoints.Count} endpoints");
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private static async Task<string> Raw(RunningApp app, byte[] bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("localhost", app.Url.Port);
        var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(bytes);
            client.Client.Shutdown(SocketShutdown.Send);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            return await reader.ReadLineAsync(patience.Token) ?? "";
        }
        catch (IOException)
        {
            return ""; // hung up
        }
    }
}
