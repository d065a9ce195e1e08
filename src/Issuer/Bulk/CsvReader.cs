using System.Text;

namespace Identity.Issuer.Bulk;

/// <summary>What the next look at a file found.</summary>
public abstract record CsvRead
{
    private CsvRead() { }

    /// <summary>A record; <paramref name="Row"/> counts records from 1 as a spreadsheet does, whatever lines they span. Empty lines are counted and not given.</summary>
    public sealed record Record(int Row, IReadOnlyList<string> Fields) : CsvRead;

    /// <summary>The file ends.</summary>
    public sealed record End : CsvRead;

    /// <summary>The file cannot be read on from here. <paramref name="Code"/> ends a text key <c>bulk.error.…</c>.</summary>
    public sealed record Fault(int Row, int Column, string Code) : CsvRead;
}

/// <summary>
/// Reads comma-separated values (RFC 4180) as spreadsheets write them: comma, semicolon or tab, found from the first line; UTF-8
/// with or without a byte order mark. Strict where leniency would move values between columns: a quote within an unquoted field, or
/// text after a closing quote, ends the reading. Memory is bounded by one record, whatever the file holds.
/// </summary>
public sealed class CsvReader
{
    private readonly Stream _file;
    private readonly byte[] _bytes = new byte[32 * 1024];
    private readonly char[] _chars = new char[32 * 1024 + 1];
    private readonly Decoder _decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
    private readonly StringBuilder _field = new();
    private readonly int _maxField, _maxColumns;
    private readonly string? _unreadable;
    private char _delimiter;
    private int _row, _at, _count;
    private bool _ended, _broken;

    /// <summary>Begins at the start of a stream that can seek.</summary>
    /// <param name="file">The file; not closed here.</param>
    /// <param name="maxField">Most characters of a field.</param>
    /// <param name="maxColumns">Most fields of a record.</param>
    public CsvReader(Stream file, int maxField = BulkLimits.Field, int maxColumns = BulkLimits.Columns)
    {
        (_file, _maxField, _maxColumns) = (file, maxField, maxColumns);
        _unreadable = Sniff();
    }

    /// <summary>The separator that the first line uses.</summary>
    public char Delimiter => _delimiter;

    /// <summary>Bytes taken from the stream so far.</summary>
    public long Position => _file.Position;

    /// <summary>The next record, the end, or why there is no next record; after a fault, the fault again.</summary>
    public CsvRead Read()
    {
        if (_unreadable is not null) return new CsvRead.Fault(1, 0, _unreadable);
        var fields = new List<string>();
        try
        {
            for (; ; )
            {
                if (_broken) return new CsvRead.Fault(_row, 0, "unreadable");
                if (Peek() < 0) return new CsvRead.End();
                _row++;
                fields.Clear();
                if (Record(fields) is { } fault) return fault;
                if (fields is not [""]) return new CsvRead.Record(_row, fields);
            }
        }
        catch (DecoderFallbackException)
        {
            return Broken(Math.Max(_row, 1), fields.Count + 1, "encoding");
        }
    }

    private CsvRead.Fault? Record(List<string> fields)
    {
        for (; ; )
        {
            if (fields.Count == _maxColumns) return Broken(_row, fields.Count, "columns");
            _field.Clear();
            if ((Peek() == '"' ? Quoted(fields.Count + 1) : Plain(fields.Count + 1)) is { } fault) return fault;
            fields.Add(_field.ToString());
            var next = Next();
            if (next == _delimiter) continue;
            if (next == '\r' && Peek() == '\n') Next();
            return null;
        }
    }

    private CsvRead.Fault? Plain(int column)
    {
        for (; ; )
        {
            var c = Peek();
            if (c < 0 || c == _delimiter || c is '\r' or '\n') return null;
            if (c == '"') return Broken(_row, column, "quote");
            if (Take(c, column) is { } fault) return fault;
        }
    }

    private CsvRead.Fault? Quoted(int column)
    {
        Next();
        for (; ; )
        {
            var c = Peek();
            if (c < 0) return Broken(_row, column, "unclosed");
            if (c == '"')
            {
                Next();
                c = Peek();
                if (c < 0 || c == _delimiter || c is '\r' or '\n') return null;
                if (c != '"') return Broken(_row, column, "quote");
            }
            if (Take(c, column) is { } fault) return fault;
        }
    }

    private CsvRead.Fault? Take(int c, int column)
    {
        if (c == 0) return Broken(_row, column, "nul");
        if (_field.Length == _maxField) return Broken(_row, column, "field_long");
        _field.Append((char)c);
        _at++;
        return null;
    }

    private CsvRead.Fault Broken(int row, int column, string code)
    {
        _broken = true;
        return new CsvRead.Fault(row, column, code);
    }

    private int Next() => Peek() < 0 ? -1 : _chars[_at++];

    private int Peek()
    {
        while (_at == _count)
        {
            if (_ended) return -1;
            var read = _file.Read(_bytes);
            _ended = read == 0;
            // At the end the decoder speaks up where a character is cut off.
            (_count, _at) = (_decoder.GetChars(_bytes.AsSpan(0, read), _chars, flush: _ended), 0);
        }
        return _chars[_at];
    }

    /// <summary>Looks at the first bytes: the kind of file, the mark, the separator. A code where it is no file of text.</summary>
    private string? Sniff()
    {
        var head = new byte[16 * 1024];
        var length = _file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        var start = head.AsSpan(0, length);
        _file.Position = start.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;
        _delimiter = ',';
        if (length == 0) return "empty";
        if (start.StartsWith("PK"u8) || start.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0])) return "workbook";
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return "utf16";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) || start.StartsWith("%PDF"u8)) return "no_text";
        if (start.IndexOf((byte)0) >= 0) return start.Count((byte)0) * 3 > length ? "utf16" : "no_text";

        // Excel's own first line, which names the separator and is no record.
        var text = start[(int)_file.Position..];
        if (text.StartsWith("sep="u8) && text.Length > 5 && text[5] is (byte)'\r' or (byte)'\n')
        {
            _delimiter = (char)text[4];
            _file.Position += text.StartsWith("sep="u8) && text[5] == '\r' && text.Length > 6 && text[6] == '\n' ? 7 : 6;
            return _delimiter is ',' or ';' or '\t' ? null : "delimiter";
        }
        Span<int> counts = [0, 0, 0];
        var quoted = false;
        foreach (var b in text)
        {
            if (b == '"') quoted = !quoted;
            else if (quoted) continue;
            else if (b is (byte)'\r' or (byte)'\n') break;
            else if (b is (byte)',') counts[0]++;
            else if (b is (byte)';') counts[1]++;
            else if (b is (byte)'\t') counts[2]++;
        }
        if (counts[1] > counts[0] && counts[1] >= counts[2]) _delimiter = ';';
        else if (counts[2] > counts[0]) _delimiter = '\t';
        return null;
    }
}
