using System.Text;
using Identity.Credentials.Transparency;
using Identity.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;

namespace Identity.Witness;

/// <summary>How a witness is set up.</summary>
/// <param name="Folder">Its data.</param>
/// <param name="Name">Its name.</param>
/// <param name="LogsFile">The logs it watches.</param>
public sealed record WitnessOptions(string Folder, string Name, string LogsFile);

/// <summary>Builds the witness's web app: C2SP tlog-witness <c>POST /add-checkpoint</c> and <c>GET /{origin hash}/checkpoint</c>, and <c>GET /evidence</c>.</summary>
public static class WitnessApp
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Builds the app; further settings come from <c>witness.json</c>, the environment and <paramref name="args"/>.</summary>
    /// <exception cref="InvalidOperationException">The key, the folder or the file of logs cannot be used; the message says which.</exception>
    public static WebApplication Build(WitnessOptions options, string[] args) => Build(options, args, null);

    /// <summary>As above; <paramref name="configure"/> may replace services such as the clock.</summary>
    internal static WebApplication Build(WitnessOptions options, string[] args, Action<WebApplicationBuilder>? configure)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ApplicationName = "Identity.Witness", ContentRootPath = AppContext.BaseDirectory });
        builder.AddIdentityHosting("witness", args);
        configure?.Invoke(builder);
        var key = WitnessCommands.LoadKey(options.Folder); // before anything listens: what is wrong is said at the start
        var logs = new KnownLogs(options.LogsFile);
        var memory = new WitnessMemory(options.Folder);
        builder.Services.AddSingleton(provider => new CosignCheckpoints(options.Name, key, logs, memory, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<CosignCheckpoints>>()));
        builder.Services.AddSingleton(memory);

        var app = builder.Build();
        app.Lifetime.ApplicationStopped.Register(memory.Dispose);
        app.UseIdentityHosting();
        app.MapPost("/add-checkpoint", AddAsync).RequireRateLimiting(Limits.Work).WithMetadata(new BodyLimit(WitnessRequest.MaxBytes));
        app.MapGet("/{log:regex(^[0-9a-f]{{64}}$)}/checkpoint", Newest).RequireRateLimiting(Limits.Work).RequireCors(Cors.Open);
        app.MapGet("/evidence", Evidence).RequireRateLimiting(Limits.Work).RequireCors(Cors.Open);
        return app;
    }

    private static async Task<ContentHttpResult> AddAsync(HttpRequest request, CosignCheckpoints witness, CancellationToken ct)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, ct); // not longer than the limit
        string text;
        try
        {
            text = StrictUtf8.GetString(body.GetBuffer().AsSpan(0, (int)body.Length));
        }
        catch (DecoderFallbackException)
        {
            text = "";
        }
        var answer = await witness.RunAsync(text, ct);
        return TypedResults.Text(answer.Text, answer.ContentType, statusCode: answer.Status);
    }

    private static Results<ContentHttpResult, NotFound> Newest(string log, WitnessMemory memory, HttpResponse response)
    {
        if (memory.Newest(log) is not { } note) return TypedResults.NotFound();
        response.Headers.CacheControl = "no-cache";
        return TypedResults.Text(note, "text/plain; charset=utf-8");
    }

    private static ContentHttpResult Evidence(WitnessMemory memory) => TypedResults.Text($"[{string.Join(",", memory.Evidence())}]", "application/json");

    private sealed class BodyLimit(long bytes) : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize { get; } = bytes;
    }
}
