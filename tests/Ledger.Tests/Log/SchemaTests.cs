using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Tests.Log;

public class SchemaTests
{
    [Theory]
    [InlineData("Data Source=:memory:")]
    [InlineData("Host=nowhere")]
    public void The_embedded_scripts_are_the_create_scripts_of_the_model(string connection)
    {
        using var db = new LogDb(LogDb.To(connection));

        var script = db.Database.GenerateCreateScript();

        // Run with IDENTITY_WRITE_SCHEMA=path to get the model's script.
        if (Environment.GetEnvironmentVariable("IDENTITY_WRITE_SCHEMA") is { Length: > 0 } path) File.WriteAllText($"{path}.ledger.{connection[..4]}.sql", script);
        Assert.Contains("ledger_entries", script);
        Assert.Equal(script.ReplaceLineEndings("\n").Trim(), (connection.StartsWith("Host", StringComparison.Ordinal) ? LedgerSchema.PostgreSql : LedgerSchema.Sqlite).Trim());
    }
}
