using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Identity.Drill;

/// <summary>Stands between the Issuer and the ledger's node: a transaction that is sent, and the answer to it, are points to be killed at.</summary>
internal sealed class NodeTap : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _node;

    private NodeTap(WebApplication app, HttpClient node) => (_app, _node) = (app, node);

    public string Url => _app.Urls.First();

    public static async Task<NodeTap> StartAsync(Uri rpc, KillPoints points)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var tap = new NodeTap(builder.Build(), new HttpClient { BaseAddress = rpc });
        tap._app.MapPost("/", async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var question = await reader.ReadToEndAsync();
            var sends = question.Contains("eth_sendRawTransaction", StringComparison.Ordinal);
            if (sends && !await points.PassAsync("before a transaction is sent to the ledger")) return;
            using var content = new StringContent(question, null, "application/json");
            var answer = await tap._node.PostAsync("", content);
            var text = await answer.Content.ReadAsStringAsync();
            if (sends && !await points.PassAsync("after a transaction was sent to the ledger")) return;
            context.Response.StatusCode = (int)answer.StatusCode;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(text);
        });
        await tap._app.StartAsync();
        return tap;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _node.Dispose();
    }
}
