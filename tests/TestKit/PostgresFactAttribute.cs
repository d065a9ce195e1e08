using Xunit;

namespace Identity.TestKit;

/// <summary>A fact about PostgreSQL. Where the server cannot be had it is skipped with a sentence; in CI it then fails, since nobody reads sentences there.</summary>
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = Postgres.SkipReason;
}

/// <summary>A theory of which some or all rows are about PostgreSQL.</summary>
public sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = Postgres.SkipReason;
}

internal static class Postgres
{
    public static string? SkipReason => Environment.GetEnvironmentVariable("CI") is { Length: > 0 } ? null : PostgresServer.Absent;
}
