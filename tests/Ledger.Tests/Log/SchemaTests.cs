using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;

namespace Identity.Ledger.Tests.Log;

public class SchemaTests
{
    [Fact]
    public void The_embedded_script_is_the_create_script_of_the_model()
    {
        using var db = new LogDb(LogDb.At(":memory:"));

        var script = db.Database.GenerateCreateScript();

        Assert.Contains("ledger_entries", script);
        Assert.Equal(script.ReplaceLineEndings("\n").Trim(), LedgerSchema.Sqlite.Trim());
    }
}
