using Identity.Hosting;
using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Tests.Log;

/// <summary>An operator's context with nothing but the log in it.</summary>
public sealed class LogDb(DbContextOptions<LogDb> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddLedger();

    public static DbContextOptions<LogDb> To(string connection)
    {
        var options = new DbContextOptionsBuilder<LogDb>();
        options.UseDatabase(connection);
        return options.Options;
    }
}
