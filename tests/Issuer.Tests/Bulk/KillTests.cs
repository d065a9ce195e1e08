using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Identity.Credentials.Jose;
using Identity.Issuer.Bulk;
using Identity.Issuer.Data;
using Identity.TestKit;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Tests.Bulk;

/// <summary>The service as a process of its own, killed without warning while it works on a file.</summary>
[Trait("Store", "Own")]
public sealed class KillTests : IAsyncLifetime
{
    private const int Rows = 6000;
    private readonly string _folder = Directory.CreateTempSubdirectory("issuer-kill-").FullName;
    private readonly int _port = Ports.Free();
    private Process? _process;
    private HttpClient _clerk = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        Kill();
        _clerk.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_file_that_is_killed_again_and_again_is_issued_once_row_for_row()
    {
        await StartAsync();
        var job = await UploadAsync(WithKeys());
        await UntilAsync(job, mark => !mark.StartsWith("Checking.0.", StringComparison.Ordinal));
        Kill();

        await StartAsync();
        await UntilAsync(job, mark => mark.StartsWith("Ready.", StringComparison.Ordinal));
        await PostAsync($"{job}?handler=Start", []);
        for (var kill = 0; kill < 4; kill++)
        {
            var before = Issued(await MarkAsync(job));
            await UntilAsync(job, mark => Issued(mark) > before || mark.StartsWith("Done.", StringComparison.Ordinal));
            Kill();
            await CheckAsync();
            await StartAsync();
        }
        await UntilAsync(job, mark => mark.StartsWith("Done.", StringComparison.Ordinal));
        Kill();

        Assert.Equal(Rows, await CheckAsync());
    }

    private static string WithKeys()
    {
        using var key = Es256Key.Create();
        var text = new StringBuilder().AppendRecord([.. BulkRulesTests.Header, "holder_key"]);
        // The header is row 1.
        for (var n = 1; n <= Rows; n++) text.AppendRecord([.. BulkRulesTests.Row(n), (n + 1) % 3 == 0 ? key.PublicKey.ToJson().ToJsonString() : ""]);
        return text.ToString();
    }

    /// <summary>What must hold after every kill; the number of credentials.</summary>
    private async Task<int> CheckAsync()
    {
        await using var db = new IssuerDb(new DbContextOptionsBuilder<IssuerDb>().UseSqlite($"Data Source={Path.Combine(_folder, "issuer.db")};Pooling=False").Options);
        var credentials = await db.Credentials.CountAsync();
        Assert.Equal(credentials, await db.Credentials.Select(c => c.Reference).Distinct().CountAsync());
        Assert.Equal(credentials, await db.BulkRows.CountAsync(r => r.CredentialId != null && r.Claims == null));
        Assert.Equal(credentials, await db.Offers.CountAsync(o => db.BulkRows.Any(r => r.OfferId == o.Id && r.CredentialId == o.CredentialId)));
        Assert.Equal(credentials, await db.Offers.CountAsync());
        Assert.Equal(credentials, (await db.BulkJobs.SingleAsync()).Issued);
        Assert.Equal(Rows, await db.BulkRows.CountAsync());
        // Each third row has a key: two copies with status indices of their own and entries in the log.
        var bound = await db.Copies.CountAsync();
        Assert.Equal(2 * await db.Copies.Select(c => c.CredentialId).Distinct().CountAsync(), bound);
        Assert.Equal(2 * await db.BulkRows.CountAsync(r => r.CredentialId != null && r.Number % 3 == 0), bound);
        Assert.Equal(bound, await db.Copies.CountAsync(c => db.StatusEntries.Any(e => e.Organisation == c.Organisation && e.List == c.List && e.Index == c.Index && e.CredentialId == c.CredentialId)));
        Assert.Equal(bound, await db.Copies.Select(c => new { c.List, c.Index }).Distinct().CountAsync());
        Assert.Equal(bound, await db.Database.SqlQuery<int>($"SELECT COUNT(*) AS Value FROM credential_copies WHERE Entry IN (SELECT entry FROM ledger_pending UNION ALL SELECT entry FROM ledger_entries)").SingleAsync());
        return credentials;
    }

    private async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Identity.Issuer.dll"));
        foreach (var setting in IssuerFixture.Settings(_folder).Where(s => !s.StartsWith("--PublicUrl", StringComparison.Ordinal))) start.ArgumentList.Add(setting);
        foreach (var setting in new[] { $"--urls=http://127.0.0.1:{_port}", $"--PublicUrl=http://localhost:{_port}", "--Bulk:Lease=00:00:01", "--Bulk:Chunk=500" }) start.ArgumentList.Add(setting);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        _clerk.Dispose();
        _clerk = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{_port}") };
        for (var i = 0; i < 600; i++, await Task.Delay(100))
        {
            Assert.False(_process.HasExited, "The service did not start.");
            try
            {
                if ((await _clerk.GetAsync("/health/live")).IsSuccessStatusCode) break;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }
        }
        var access = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "issuer-demonstration.json")))!.AsArray().Single(a => (string?)a!["organisation"] == IssuerFixture.College)!;
        var answer = await PostAsync("/console/sign-in", new() { ["userName"] = (string)access["userName"]!, ["password"] = (string)access["password"]! });
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    private void Kill()
    {
        if (_process is null) return;
        if (!_process.HasExited) _process.Kill(); // SIGKILL: nothing is closed, nothing is written
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    private async Task<string> UploadAsync(string text)
    {
        var form = new MultipartFormDataContent { { new StringContent("qualification"), "type" }, { new StringContent(await TokenAsync("/console/bulk")), "__RequestVerificationToken" } };
        form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(text)), "file", "people.csv");
        var answer = await _clerk.PostAsync("/console/bulk", form);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.Location!.OriginalString;
    }

    private async Task<HttpResponseMessage> PostAsync(string path, Dictionary<string, string> fields)
    {
        fields["__RequestVerificationToken"] = await TokenAsync(path.Contains("sign-in", StringComparison.Ordinal) ? path : "/console/bulk");
        return await _clerk.PostAsync(path, new FormUrlEncodedContent(fields));
    }

    private async Task<string> TokenAsync(string path) =>
        Regex.Match(await _clerk.GetStringAsync(path), "name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"").Groups[1].Value;

    private async Task<string> MarkAsync(string job) => (string)JsonNode.Parse(await _clerk.GetStringAsync(job + "/mark"))!["mark"]!;

    private static int Issued(string mark) => int.Parse(mark.Split('.')[4], System.Globalization.CultureInfo.InvariantCulture);

    private async Task UntilAsync(string job, Func<string, bool> condition)
    {
        for (var i = 0; i < 6000; i++, await Task.Delay(15))
            if (condition(await MarkAsync(job))) return;
        throw new TimeoutException("The file did not come that far.");
    }
}
