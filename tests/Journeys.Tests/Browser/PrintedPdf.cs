using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Identity.Journeys.Tests.Browser;

/// <summary>
/// What a printer would be sent, as Chromium writes PDF (ISO 32000-1): pages, names of the fonts within, and how many signs no font had. A font's glyph 0 is the box that
/// stands for a sign it lacks (<c>.notdef</c>).
/// </summary>
internal sealed partial class PrintedPdf
{
    private PrintedPdf(int pages, IReadOnlyList<string> fonts, int glyphs, int missing) => (Pages, Fonts, Glyphs, Missing) = (pages, fonts, glyphs, missing);

    /// <summary>How many pages.</summary>
    public int Pages { get; }

    /// <summary>Names of the fonts, without the mark of a subset.</summary>
    public IReadOnlyList<string> Fonts { get; }

    /// <summary>Signs that are drawn.</summary>
    public int Glyphs { get; }

    /// <summary>Of these, boxes.</summary>
    public int Missing { get; }

    public static PrintedPdf Read(byte[] pdf)
    {
        var raw = Encoding.Latin1.GetString(pdf);
        var whole = new StringBuilder(raw);
        var shown = new List<string>();
        foreach (Match stream in Streams().Matches(raw))
        {
            using var inflated = new ZLibStream(new MemoryStream(pdf, stream.Index + stream.Length, int.Parse(stream.Groups[1].Value, CultureInfo.InvariantCulture)), CompressionMode.Decompress);
            using var content = new MemoryStream();
            inflated.CopyTo(content);
            var text = Encoding.Latin1.GetString(content.ToArray());
            whole.Append('\n').Append(text);
            shown.AddRange(Shows().Matches(text).Select(one => one.Groups[1].Value));
        }
        var glyphs = shown.SelectMany(show => Hex().Matches(show).SelectMany(hex => hex.Groups[1].Value.Chunk(4).Select(chunk => new string(chunk)))).ToList();
        return new(Page().Count(whole.ToString()), [.. Font().Matches(whole.ToString()).Select(one => one.Groups[1].Value).Distinct().Order(StringComparer.Ordinal)], glyphs.Count, glyphs.Count(glyph => glyph == "0000"));
    }

    [GeneratedRegex(@"/FlateDecode\s*/Length (\d+)>>\s*stream\r?\n")]
    private static partial Regex Streams();

    // One string, or an array of strings and distances.
    [GeneratedRegex(@"(<[0-9A-Fa-f]+>|\[[^\]]*\])\s*T[jJ]\b")]
    private static partial Regex Shows();

    [GeneratedRegex("<([0-9A-Fa-f]+)>")]
    private static partial Regex Hex();

    [GeneratedRegex(@"/Type ?/Page\b")]
    private static partial Regex Page();

    [GeneratedRegex(@"/BaseFont ?/(?:[A-Z]{6}\+)?([^\s/>\]]+)")]
    private static partial Regex Font();
}
