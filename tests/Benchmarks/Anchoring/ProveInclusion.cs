using System.Security.Cryptography;
using Identity.Credentials.Jose;
using Identity.Credentials.Transparency;
using Identity.Hosting;
using Identity.Ledger.Log;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Identity.Benchmarks.Anchoring;

/// <summary>
/// <c>inclusion-proof-1m</c>: the path of a random entry, read from the tiles of a log of 1,000,000 entries in a SQLite file; <c>-verify</c>: that path against a root that is
/// already trusted, as a mirror has it; <c>-receipt</c>: a receipt read and verified whole, with the signature of its checkpoint.
/// </summary>
internal sealed class ProveInclusion : IBenchmark
{
    private const string Origin = "localhost:5999/log";

    public string Name => "inclusion-proof-1m";

    public async Task<IReadOnlyList<Result>> RunAsync(bool quick)
    {
        var size = Measure.Smoke ? 10_000 : 1_000_000;
        var folder = Directory.CreateTempSubdirectory("identity-bench-").FullName;
        try
        {
            using var key = Ed25519Key.Create();
            await using var db = new LogDb(Path.Combine(folder, "log.db"));
            var root = await FillAsync(db, size, key);
            var reader = new LogReader(db);
            var random = new Random(1);

            var made = Measure.PerSecond(quick, () => Measure.Use(reader.ProveAsync(random.Next(size), size, CancellationToken.None).GetAwaiter().GetResult().Path.Count > 0));
            var proofs = new List<TlogProof>();
            for (var i = 0; i < 64; i++) proofs.Add(await reader.ProveAsync(random.Next(size), size, CancellationToken.None));
            var texts = proofs.Select(proof => (proof.Text, Entry: Entry((int)proof.Index))).ToArray();
            var turn = 0;
            var verified = Measure.PerSecond(quick, () =>
            {
                var proof = proofs[turn++ % proofs.Count];
                Measure.Use(MerkleTree.VerifyInclusion(proof.Index, size, MerkleTree.LeafHash(Entry((int)proof.Index)), root, proof.Path));
            });
            var receipts = Measure.PerSecond(quick, () =>
            {
                var (text, entry) = texts[turn++ % texts.Length];
                Measure.Use(TlogProof.TryParse(text, out var proof, out _) && proof!.TryVerify(entry, Origin, key.PublicBytes, out _, out _));
            });
            return
            [
                new Result(Name, 1e6 / made, "µs", Target: 50), new Result(Name + "-verify", 1e6 / verified, "µs", Target: 50), new Result(Name + "-receipt", 1e6 / receipts, "µs"),
            ];
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    // The tree as the sequencer stores it, in one go: what a proof reads are tiles and the checkpoint.
    private static async Task<byte[]> FillAsync(LogDb db, int size, Ed25519Key key)
    {
        await db.Database.OpenConnectionAsync();
        await db.Database.ExecuteSqlRawAsync(LedgerSchema.Sqlite);
        await using var sql = await SqlSession.BeginAsync(db, CancellationToken.None);
        var tree = await StoredTree.OpenAsync(sql, 0, MerkleTree.EmptyRoot(), CancellationToken.None);
        for (var i = 0; i < size; i++) tree.Append(Entry(i));
        await tree.SaveAsync(sql, CancellationToken.None);
        await sql.RunAsync(CancellationToken.None, "INSERT INTO ledger_checkpoints (size, root, note, signed_at) VALUES (@size, @root, @note, 0)",
            ("@size", tree.Size), ("@root", tree.Root()), ("@note", new Checkpoint(Origin, tree.Size, tree.Root()).Sign(Origin, key)));
        await sql.CommitAsync(CancellationToken.None);
        return tree.Root();
    }

    private static byte[] Entry(int number) => SHA256.HashData(BitConverter.GetBytes(number));

    private sealed class LogDb(string file) : DbContext(new DbContextOptionsBuilder<LogDb>().UseDatabase($"Data Source={file}").Options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddLedger();
    }
}
