using Identity.Ledger.Log;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Identity.Issuer.Bulk;

/// <summary>
/// One prepared INSERT for many entities, its columns and conversions taken from the model: what the model learns, this learns too.
/// Much faster than a tracked entity for each row, and it keeps no entity in memory.
/// </summary>
internal sealed class PreparedInsert<TEntity> : IAsyncDisposable where TEntity : class
{
    private readonly (IClrPropertyGetter Getter, Func<object?, object?>? Convert)[] _columns;
    private readonly SqlSession.Statement _insert;
    private readonly object[] _values;

    public PreparedInsert(DbContext db, SqlSession sql, bool passOverConflicts = false)
    {
        var entity = db.Model.FindEntityType(typeof(TEntity)) ?? throw new InvalidOperationException($"{typeof(TEntity).Name} is not mapped.");
        var table = StoreObjectIdentifier.Create(entity, StoreObjectType.Table)!.Value;
        // What the database numbers by itself is left to it.
        var columns = entity.GetProperties().Where(p => p.ValueGenerated == ValueGenerated.Never || !p.IsPrimaryKey() || p.ClrType == typeof(string)).ToList();
        _columns = [.. columns.Select(c => (c.GetGetter(), (c.GetValueConverter() ?? c.FindTypeMapping()?.Converter)?.ConvertToProvider))];
        _values = new object[columns.Count];
        var names = Enumerable.Range(0, columns.Count).Select(i => $"@p{i}").ToArray();
        _insert = sql.Prepare(
            $"INSERT INTO \"{table.Name}\" ({string.Join(", ", columns.Select(c => $"\"{c.GetColumnName(table)}\""))}) VALUES ({string.Join(", ", names)}){(passOverConflicts ? " ON CONFLICT DO NOTHING" : "")}",
            names);
    }

    /// <summary>Inserts; false where a row like it was there and conflicts are passed over.</summary>
    public async ValueTask<bool> RunAsync(TEntity entity, CancellationToken ct)
    {
        for (var i = 0; i < _columns.Length; i++)
        {
            var (getter, convert) = _columns[i];
            var value = getter.GetClrValue(entity);
            _values[i] = (value is null || convert is null ? value : convert(value)) ?? DBNull.Value;
        }
        return await _insert.RunAsync(ct, _values) == 1;
    }

    public ValueTask DisposeAsync() => _insert.DisposeAsync();
}
