using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Identity.Ledger.Tests.Witnessing;

/// <summary>Run as a program of its own, this assembly is a witness that cosigns whatever it is sent. The test runner never calls it.</summary>
internal static class LyingWitness
{
    /// <summary>Address, name and seed of the key, separated by spaces.</summary>
    public const string Variable = "IDENTITY_TEST_LYING_WITNESS";

    /// <summary>False when this process was started for something else.</summary>
    public static async Task<bool> RunAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split(' ') is not [var url, var name, var seed]) return false;
        using var key = Ed25519Key.FromSeed(Convert.FromHexString(seed));
        var builder = WebApplication.CreateBuilder([$"--urls={url}"]);
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.MapPost("/add-checkpoint", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            if (!WitnessRequest.TryParse(await reader.ReadToEndAsync(), out var asked) || !Checkpoint.TryParse(asked.Checkpoint, out var checkpoint, out _)) return Results.BadRequest();
            return Results.Text(Cosignature.Sign(checkpoint!.Note!.Text, name, key, DateTimeOffset.UtcNow).Line);
        });
        await app.StartAsync();
        Console.WriteLine(VKey.Of(name, NoteKeyType.CosignatureV1, key));
        await app.WaitForShutdownAsync();
        return true;
    }
}
