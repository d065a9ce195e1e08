using System.Collections.Concurrent;
using Identity.Hosting;
using Identity.Ledger.Log;
using Identity.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Identity.Ledger.Tests.Log;

/// <summary>A log served over real HTTP on loopback.</summary>
public sealed class LogSite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LogSite(WebApplication app, string origin)
    {
        _app = app;
        Origin = origin;
        Http = new HttpClient { BaseAddress = new Uri($"http://{origin}/") };
    }

    public string Origin { get; }

    /// <summary>Paths that were asked for, in their order.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public HttpClient Http { get; }

    /// <summary>An origin on a free port.</summary>
    public static string FreeOrigin() => $"localhost:{Ports.Free()}/log";

    public static async Task<LogSite> ServeAsync(TestLog log, string? at = null)
    {
        at ??= log.Name;
        var builder = WebApplication.CreateBuilder().AddIdentityHosting("logsite", []);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://{at[..^"/log".Length]}");
        builder.Services.AddDbContext<LogDb>(db => db.UseDatabase(log.Connection));
        var app = builder.Build();
        var site = new LogSite(app, at);
        app.Use((http, next) =>
        {
            site.Asked.Enqueue(http.Request.Path);
            return next(http);
        });
        app.UseIdentityHosting();
        app.MapLedgerLog<LogDb>();
        await app.StartAsync();
        return site;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
