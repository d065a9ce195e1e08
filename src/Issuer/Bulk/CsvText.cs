using System.Text;

namespace Identity.Issuer.Bulk;

/// <summary>Writes comma-separated values (RFC 4180) that a spreadsheet opens without harm.</summary>
public static class CsvText
{
    /// <summary>Tells spreadsheets that what follows is UTF-8.</summary>
    public const string Mark = "\uFEFF";

    /// <summary>Adds a record.</summary>
    public static StringBuilder AppendRecord(this StringBuilder text, params ReadOnlySpan<string?> fields)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (i > 0) text.Append(',');
            text.Append(Field(fields[i] ?? ""));
        }
        return text.Append("\r\n");
    }

    /// <summary>
    /// One field. A text that a spreadsheet would run as a formula gets an apostrophe in front, behind which it is text: claims
    /// come from strangers, and the person who opens the file is not them.
    /// </summary>
    public static string Field(string text)
    {
        var lead = text.AsSpan().TrimStart(" \u00A0\uFEFF");
        if (lead.Length > 0 && lead[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠') text = "'" + text;
        return text.AsSpan().IndexOfAny("\",;\t\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
