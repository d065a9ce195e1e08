using Identity.Issuer.Data;
using Identity.TestKit;
using Identity.TestShared;

namespace Identity.Issuer.Tests;

[Trait("Store", "Own")]
public sealed class MigrationTests
{
    [Fact]
    public Task The_migrations_and_the_model_make_the_same_database() => MigrationComparison.OnSqliteAsync<IssuerDb>(options => new IssuerDb(options));

    [PostgresFact]
    public Task The_migrations_and_the_model_make_the_same_database_on_PostgreSQL() => MigrationComparison.OnPostgreSqlAsync<IssuerDb>(options => new IssuerDb(options));

    [Fact]
    public void Each_script_stands_in_both_dialects() => MigrationComparison.EachScriptStandsInBothDialects<IssuerDb>();
}
