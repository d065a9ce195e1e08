using Identity.Credentials.Compact;
using Identity.Credentials.Types;

namespace Identity.Issuer.Console;

/// <summary>A line of a paper: its label in the page's language and, where that is another, in English.</summary>
/// <param name="Name">Of the claim.</param>
/// <param name="Label">In the page's language.</param>
/// <param name="English">In English, or null where the page is.</param>
/// <param name="Value">In words.</param>
/// <param name="Compare">To be compared with the person's document.</param>
public sealed record PaperLine(string Name, string Label, string? English, string Value, bool Compare);

/// <summary>What stands on a printed paper; every value comes out of what was signed.</summary>
public sealed class PaperSheet
{
    private static readonly string[] Names = ["holder_name", "holder_name_native", "full_name", "full_name_native"];

    private PaperSheet(string text, TypeDefinition type, IReadOnlyList<PaperLine> lines) => (Text, Type, Lines) = (text, type, lines);

    /// <summary>The text of the code.</summary>
    public string Text { get; }

    /// <summary>The type.</summary>
    public TypeDefinition Type { get; }

    /// <summary>The claims in the order of the code.</summary>
    public IReadOnlyList<PaperLine> Lines { get; }

    /// <summary>What is large on the card: the names, or the first claim to compare.</summary>
    public IReadOnlyList<PaperLine> Headline => Lines.Where(l => l.Compare && Names.Contains(l.Name)).ToList() is { Count: > 0 } names ? names : [.. Lines.Where(l => l.Compare).Take(1)];

    /// <summary>The labels of what is to be compared, in one line.</summary>
    public string Compared => string.Join(" · ", Lines.Where(l => l.Compare).Select(l => l.Label));

    /// <summary>Id of the closed organisation in whose place it was issued, 64 lower-case hexadecimal digits; null where it was in the issuer's own.</summary>
    public string? Original { get; private init; }

    /// <summary>The name of <see cref="Original"/>; null where no deposit here tells it, so that the id stands in its place.</summary>
    public string? OriginalName { get; set; }

    /// <summary>When it ends, in words, or null.</summary>
    public string? Until { get; private init; }

    /// <summary>When it was made, in words.</summary>
    public required string Made { get; init; }

    /// <summary>Where papers are checked, as an address to be typed (<c>Check:Url</c>), or null where no page is set up.</summary>
    public required string? Where { get; init; }

    /// <summary>Reads a paper that was signed here.</summary>
    public static PaperSheet Of(string text, DateTimeOffset madeAt, Desk desk, IConfiguration configuration)
    {
        if (!CompactPaper.TryParse(text, out var paper, out var reason)) throw new InvalidOperationException($"A stored paper cannot be read: {reason}.");
        var type = TypeDefinition.Find(paper.Type)!;
        var claims = paper.Claims(type);
        var lines = type.QrClaims.Where(c => c != type.OriginalIssuer && claims.ContainsKey(c.Name)).Select(c =>
            new PaperLine(c.Name, c.Label(desk.T.Language), c.Label("en") is var english && english == c.Label(desk.T.Language) ? null : english, desk.Value(c, claims[c.Name]), c.Compare)).ToList();
        return new PaperSheet(text, type, lines)
        {
            Original = paper.OriginalIssuer is { } original ? Convert.ToHexStringLower(original) : null,
            Until = paper.Expires is { } end ? desk.Day(DateTimeOffset.FromUnixTimeSeconds(end)) : null, Made = desk.Day(madeAt),
            Where = configuration["Check:Url"] is { Length: > 0 } url ? url.Replace("https://", "", StringComparison.Ordinal).TrimEnd('/') : null,
        };
    }
}
