using System.IO.Compression;
using System.Text;
using Identity.Issuer.Bulk;

namespace Identity.Issuer.Tests.Bulk;

public sealed class CsvReaderTests
{
    [Theory]
    [InlineData("a,b\r\n1,2\r\n", ',')]
    [InlineData("a;b\n1;2\n", ';')]
    [InlineData("a\tb\n1\t2", '\t')]
    [InlineData("sep=;\r\na;b\r\n1;2", ';')]
    [InlineData("\"x,y,z\";b\n1;2", ';')]
    public void The_separator_is_found_from_the_first_line(string text, char separator)
    {
        var reader = Reader(text);

        Assert.Equal(separator, reader.Delimiter);
        Assert.Equal(2, Assert.IsType<CsvRead.Record>(reader.Read()).Fields.Count);
        Assert.Equal(["1", "2"], Assert.IsType<CsvRead.Record>(reader.Read()).Fields);
        Assert.IsType<CsvRead.End>(reader.Read());
    }

    [Fact]
    public void Quoted_values_keep_separators_line_breaks_and_doubled_quotes()
    {
        var reader = Reader("\uFEFFa,b,c\r\n\"x,y\",\"line 1\r\nline 2\",\"say \"\"hi\"\"\"\r\n\r\nlast,,\r\n");

        Assert.Equal(["a", "b", "c"], Record(reader, 1));
        Assert.Equal(["x,y", "line 1\r\nline 2", "say \"hi\""], Record(reader, 2));
        // The empty line counts, as it does in a spreadsheet.
        Assert.Equal(["last", "", ""], Record(reader, 4));
        Assert.IsType<CsvRead.End>(reader.Read());
    }

    [Fact]
    public void Letters_of_many_bytes_survive_the_edge_of_the_buffer()
    {
        var text = string.Join('\n', Enumerable.Range(0, 20_000).Select(i => $"أمينة {i},é😀"));
        var reader = Reader(text);

        for (var i = 0; i < 20_000; i++) Assert.Equal([$"أمينة {i}", "é😀"], Record(reader, i + 1));
        Assert.IsType<CsvRead.End>(reader.Read());
    }

    [Fact]
    public void Attack_a_field_of_ten_megabytes_ends_the_reading_at_its_limit()
    {
        var reader = Reader("a,b\n" + new string('x', 10 * 1024 * 1024) + ",1\n");

        reader.Read();
        Assert.Equal(new CsvRead.Fault(2, 1, "field_long"), reader.Read());
        // Far from the end of the file: nobody read ten megabytes to say so.
        Assert.True(reader.Position < 200_000);
        Assert.Equal("unreadable", Assert.IsType<CsvRead.Fault>(reader.Read()).Code);
    }

    [Fact]
    public void Attack_a_million_columns_end_the_reading_at_their_limit()
    {
        var reader = Reader(new string(',', 1_000_000));

        Assert.Equal(new CsvRead.Fault(1, BulkLimits.Columns, "columns"), reader.Read());
        Assert.True(reader.Position < 200_000);
    }

    [Fact]
    public void Attack_line_breaks_in_quotes_do_not_get_around_the_limit_of_columns()
    {
        var reader = Reader(string.Concat(Enumerable.Repeat("\"\n\",", 1_000_000)));

        Assert.Equal("columns", Assert.IsType<CsvRead.Fault>(reader.Read()).Code);
    }

    [Theory]
    [InlineData("a,b\n\"1,2\n3,4\n", 2, "unclosed")]
    [InlineData("a,b\n1\"2,3\n", 2, "quote")]
    [InlineData("a,b\n\"1\"2,3\n", 2, "quote")]
    public void Attack_a_quote_out_of_place_never_moves_values_between_columns(string text, int row, string code)
    {
        var reader = Reader(text);

        reader.Read();
        var fault = Assert.IsType<CsvRead.Fault>(reader.Read());
        Assert.Equal((row, code), (fault.Row, fault.Code));
    }

    [Fact]
    public void Attack_what_is_no_text_is_refused_by_its_first_bytes()
    {
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = archive.CreateEntry("bomb.csv").Open()) entry.Write(new byte[1_000_000]);

        Assert.Equal("workbook", Code(zip.ToArray()));
        Assert.Equal("no_text", Code([0x1F, 0x8B, 8, 0, 1, 2, 3]));
        Assert.Equal("utf16", Code(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("a,b\n1,2\n")).ToArray()));
        Assert.Equal("utf16", Code(Encoding.BigEndianUnicode.GetBytes("a,b\n1,2\n")));
        Assert.Equal("no_text", Code([.. "a,b\n1,2"u8, 0, .. "3,4\n5,6\n7,8\n"u8]));
        Assert.Equal("empty", Code([]));
    }

    [Fact]
    public void Attack_a_zero_byte_far_inside_is_found_too()
    {
        var reader = new CsvReader(new MemoryStream([.. Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("aaaa,bbbb\n", 5000))), .. "x\0y,z\n"u8]));

        CsvRead read;
        do read = reader.Read(); while (read is CsvRead.Record);
        Assert.Equal(new CsvRead.Fault(5001, 1, "nul"), read);
    }

    [Theory, InlineData(0), InlineData(200_000)]
    public void Attack_bytes_of_an_old_encoding_are_named_and_never_guessed(int before)
    {
        var reader = new CsvReader(new MemoryStream([.. Encoding.UTF8.GetBytes("name,town\n" + string.Concat(Enumerable.Repeat("Amina,Selin\n", before / 12))), .. Encoding.Latin1.GetBytes("José,Málaga\n")]));

        CsvRead read;
        do read = reader.Read(); while (read is CsvRead.Record);
        Assert.Equal("encoding", Assert.IsType<CsvRead.Fault>(read).Code);
    }

    [Fact]
    public void Attack_any_bytes_end_in_records_or_one_fault()
    {
        var random = new Random(20261122);
        var alphabet = ",;\t\"\r\n \0aé=sep#"u8.ToArray();
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(60)];
            for (var i = 0; i < bytes.Length; i++) bytes[i] = round % 5 == 0 ? (byte)random.Next(256) : alphabet[random.Next(alphabet.Length)];
            var reader = new CsvReader(new MemoryStream(bytes));
            var reads = 0;
            while (reader.Read() is CsvRead.Record record)
            {
                Assert.True(++reads <= bytes.Length + 1);
                Assert.NotEmpty(record.Fields);
            }
        }
    }

    [Theory]
    [InlineData("=HYPERLINK(\"http://evil.example\",\"x\")", "'=HYPERLINK")]
    [InlineData("+1", "'+1")]
    [InlineData("-1+2", "'-1+2")]
    [InlineData("@SUM(A1)", "'@SUM")]
    [InlineData("  =1", "'  =1")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("＝1", "'＝1")]
    public void Attack_a_formula_leaves_as_text(string value, string starts)
    {
        Assert.StartsWith(starts, CsvText.Field(value).TrimStart('"'), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_reads_back()
    {
        string[] fields = ["plain", "with, comma", "with \"quotes\"", "two\nlines", "semi;colon", "", "أمينة"];

        Assert.Equal(fields, Record(Reader(new StringBuilder(CsvText.Mark).AppendRecord(fields).ToString()), 1));
    }

    private static CsvReader Reader(string text) => new(new MemoryStream(Encoding.UTF8.GetBytes(text)));

    private static IReadOnlyList<string> Record(CsvReader reader, int row)
    {
        var record = Assert.IsType<CsvRead.Record>(reader.Read());
        Assert.Equal(row, record.Row);
        return record.Fields;
    }

    private static string Code(byte[] file) => Assert.IsType<CsvRead.Fault>(new CsvReader(new MemoryStream(file)).Read()).Code;
}
