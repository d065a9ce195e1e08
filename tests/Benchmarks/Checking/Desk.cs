using System.Net;
using Identity.Credentials.Trust;
using Identity.Ledger.Mirror;
using Identity.TestKit;
using Identity.Tests.Shared;
using Identity.Verifier;
using Identity.Verifier.Trust;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Identity.Benchmarks.Checking;

/// <summary>The Verifier as it runs, on loopback, with a register in memory instead of a chain that it would follow, and the college's site with its status list.</summary>
internal sealed class Desk : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("identity-bench-").FullName;
    private readonly WebApplication _college;
    private readonly WebApplication _verifier;

    private Desk(WebApplication college, Register register)
    {
        (_college, Register) = (college, register);
        var url = $"http://localhost:{Ports.Free()}";
        _verifier = VerifierApp.Build(
        [
            $"--urls={url}", "--environment=Development", $"--PublicUrl={url}", $"--Data:Folder={_folder}", "--Outbound:AllowLoopback=true", "--Logging:LogLevel:Default=None", "--Logging:LogLevel:Microsoft.AspNetCore.DataProtection=None",
            "--Ledger:Rpc=http://127.0.0.1:9", "--Ledger:Contract=0x00000000000000000000000000000000000000aa", "--Ledger:ChainId=31337", "--Limits:work=100000000",
        ], services =>
        {
            services.RemoveAll<LedgerSource>();
            services.AddSingleton(new LedgerSource(register));
            foreach (var worker in services.Where(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType?.Assembly == typeof(LedgerMirror).Assembly).ToList()) services.Remove(worker);
        });
        Url = new Uri(url);
        Http = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = Url };
    }

    public Register Register { get; }

    public Uri Url { get; }

    public HttpClient Http { get; }

    public static async Task<Desk> OpenAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var college = builder.Build();
        Register? register = null;
        college.MapGet("/org/status/1", () => TypedResults.Text(register!.StatusText, "application/statuslist+jwt"));
        await college.StartAsync();
        register = new Register($"{college.Urls.First()}/org");
        var desk = new Desk(college, register);
        await desk._verifier.StartAsync();
        return desk;
    }

    /// <summary>From here on scanners get a trust pack of a large deployment to which the college belongs; it is fresh.</summary>
    public void ServePack()
    {
        var signer = _verifier.Services.GetRequiredService<PackOptions>().Signer!;
        var large = LargePack.Content();
        var place = large.Organisations.Count;
        var content = Register.AddedTo(large) with
        {
            Lists = [.. large.Lists.Append(new PackedList(Register.StatusUri, place, PackedStatuses.Of(Register.Status.Token.List), Register.Now, Register.Now.AddDays(1), TimeSpan.FromMinutes(15), TimeSpan.Zero)).OrderBy(list => list.Uri, StringComparer.Ordinal)],
        };
        _verifier.Services.GetRequiredService<PackStore>().Add(TrustPack.Make(content, Register.Now.ToUnixTimeSeconds(), Register.Now, Register.Now + PackStatement.MaxLife, signer));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _verifier.StopAsync();
        await _verifier.DisposeAsync();
        await _college.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
