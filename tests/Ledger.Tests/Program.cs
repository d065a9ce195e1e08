using Identity.Hosting;
using Identity.Ledger.Log;
using Identity.Ledger.Tests.Log;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Identity.Ledger.Tests;

/// <summary>
/// An operator's process for the tests that kill one: both workers, and an app that stores entries as fast as it can and
/// writes the number of each to its output once it is committed.
/// </summary>
public static class Program
{
    /// <summary>Settings of <c>Log</c> and <c>Ledger</c>, <c>--Database</c>, and <c>--First</c>, the number of the first entry.</summary>
    public static async Task Main(string[] args)
    {
        if (await Embedded.NodeParent.RunAsync() || await Witnessing.LyingWitness.RunAsync()) return;
        var builder = Host.CreateApplicationBuilder(args);
        builder.Logging.ClearProviders();
        builder.Services.AddDbContext<LogDb>(db => db.UseDatabase(builder.Configuration["Database"]!));
        builder.Services.AddLedgerLog<LogDb>(builder.Configuration);
        using var host = builder.Build();
        await host.StartAsync();
        for (var number = int.Parse(builder.Configuration["First"]!); ; number += 3)
        {
            await using var scope = host.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<LogDb>();
            for (var copy = 0; copy < 3; copy++) LedgerLog.Append(db, TestLog.Entry(number + copy), DateTimeOffset.UtcNow, spread: copy);
            await db.SaveChangesAsync();
            Console.WriteLine(number);
            await Task.Delay(5);
        }
    }
}
