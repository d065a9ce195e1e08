using System.Formats.Cbor;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Verdicts;

namespace Identity.Credentials.Trust;

/// <summary>How an organisation was closed, as it stands in a pack: who is meant by a place shows once all organisations have been read.</summary>
/// <param name="At">Since when it is closed.</param>
/// <param name="Terms">Who was in charge from when until when: places of the depositaries, in their order; the last may go on.</param>
/// <param name="Named">Who is named and has not accepted; null for nobody, and where a term goes on.</param>
internal sealed record PackedClosing(DateTimeOffset At, IReadOnlyList<(int Depositary, DateTimeOffset From, DateTimeOffset? Until)> Terms, int? Named)
{
    /// <summary>The most terms that a closing in a pack has. With as many there may have been others before.</summary>
    public const int MaxTerms = 64;

    /// <summary>Writes a closing. A term of no time, and the oldest of too many, are left out.</summary>
    public static void Write(CborWriter writer, ClosingRecord closing, Func<byte[], int> placeOf)
    {
        var terms = closing.Terms.Where(term => !(term.Until <= term.From)).TakeLast(MaxTerms).ToList();
        writer.WriteStartArray(3);
        PackFormat.Write(writer, closing.ClosedAt);
        writer.WriteStartArray(terms.Count);
        foreach (var term in terms)
        {
            writer.WriteStartArray(3);
            writer.WriteInt32(placeOf(term.Depositary.Id));
            PackFormat.Write(writer, term.From);
            PackFormat.WriteOrNull(writer, term.Until);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
        if (closing is { AcceptedAt: null, Depositary: { } named }) writer.WriteInt32(placeOf(named.Id));
        else writer.WriteNull();
        writer.WriteEndArray();
    }

    /// <summary>Reads one.</summary>
    public static PackedClosing Read(CborReader reader)
    {
        PackFormat.OpenArray(reader, 3);
        var at = PackFormat.Time(reader);
        var terms = PackFormat.List(reader, ReadTerm);
        int? named = PackFormat.IsNull(reader) ? null : (int)PackFormat.Number(reader, int.MaxValue);
        reader.ReadEndArray();

        if (terms.Count > MaxTerms) throw new CborContentException("A closing has too many terms.");
        DateTimeOffset? last = at;
        foreach (var (_, from, until) in terms)
        {
            if (!(from >= last) || until <= from) throw new CborContentException("The terms of a closing overlap or are out of order.");
            last = until;
        }
        if (named is not null && last is null) throw new CborContentException("Another is named while a term goes on.");
        return new PackedClosing(at, terms, named);
    }

    /// <summary>The closing of the organisation at this place.</summary>
    public ClosingRecord Of(int place, IReadOnlyList<PackedOrganisation> organisations)
    {
        OrganisationRecord Find(int depositary) => depositary != place && depositary < organisations.Count ? organisations[depositary].Record
            : throw new CborContentException("A depositary is not another organisation of the pack.");
        var terms = Terms.Select(term => new DepositTerm(Find(term.Depositary), term.From, term.Until)).ToList();
        var present = terms.LastOrDefault() is { Until: null } last ? last : null;
        return new ClosingRecord(organisations[place].Record.Id, At, present?.Depositary ?? (Named is { } named ? Find(named) : null), present?.From, [], present is null ? terms : terms[..^1]);
    }

    private static (int, DateTimeOffset, DateTimeOffset?) ReadTerm(CborReader reader)
    {
        PackFormat.OpenArray(reader, 3);
        var term = ((int)PackFormat.Number(reader, int.MaxValue), PackFormat.Time(reader), PackFormat.TimeOrNull(reader));
        reader.ReadEndArray();
        return term;
    }
}
