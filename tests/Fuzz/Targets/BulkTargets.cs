using System.Text;
using Identity.Fuzz.Engine;
using Identity.Fuzz.Mutations;
using Identity.Issuer.Bulk;

namespace Identity.Fuzz.Targets;

/// <summary>Files that clerks upload.</summary>
internal static class BulkTargets
{
    public static IEnumerable<Target> All()
    {
        byte[][] files =
        [
            "reference,holder_name,title\r\nD-1,\"Okoye, Amina\",Welder\r\nD-2,Layla,\"say \"\"yes\"\"\"\r\n"u8.ToArray(), "\uFEFFreference;holder_name\nD-1;أمينة\n\nD-2;é\n"u8.ToArray(), "sep=\t\r\na\tb\r\n1\t2"u8.ToArray(),
        ];
        yield return new Target("csv", files, dice => Damage.Bytes(dice.Pick(files), files, dice), bytes =>
        {
            var (records, fault) = Read(bytes);
            if (fault is not null) return fault.Row < 1 || fault.Code.Length == 0 ? Judgement.False("refused without row or reason") : Judgement.Refused;
            // Written plainly and read again it must be the same table: nothing moved between columns.
            var plain = new StringBuilder("x\r\n"); // so that no first line names a separator or a kind of file
            foreach (var record in records) plain.Append(string.Join(',', record.Select(f => $"\"{f.Replace("\"", "\"\"", StringComparison.Ordinal)}\""))).Append("\r\n");
            var (again, broken) = Read(Encoding.UTF8.GetBytes(plain.ToString()));
            return Judgement.Require(broken is null && again.Count == records.Count + 1 && records.Zip(again.Skip(1)).All(pair => pair.First.SequenceEqual(pair.Second)), "another table came back");
        });
    }

    private static (List<IReadOnlyList<string>> Records, CsvRead.Fault? Fault) Read(byte[] bytes)
    {
        var reader = new CsvReader(new MemoryStream(bytes));
        var records = new List<IReadOnlyList<string>>();
        for (; ; )
        {
            switch (reader.Read())
            {
                case CsvRead.Record record when record.Fields is not [""]: records.Add(record.Fields); break;
                case CsvRead.Fault fault: return (records, fault);
                case CsvRead.End: return (records, null);
            }
        }
    }
}
