using System.Globalization;
using System.Numerics;

namespace Identity.Credentials.Contracts;

/// <summary>What a difference means for the worker.</summary>
public enum ContractDirection
{
    /// <summary>Worse by the field's rule.</summary>
    Worse,

    /// <summary>Better by the field's rule.</summary>
    Better,

    /// <summary>Different; no rule says which is better.</summary>
    Changed,

    /// <summary>Only the earlier version says it.</summary>
    Missing,

    /// <summary>Only the later version says it.</summary>
    Added,
}

/// <summary>One field in which two versions differ.</summary>
/// <param name="Field">Its name, or <c>pay_per_hour</c>, which is computed.</param>
/// <param name="Earlier">Value with its unit, as <c>450 XND month</c>; null where that version says nothing.</param>
/// <param name="Later">The same of the later version.</param>
/// <param name="Direction">What it means for the worker.</param>
/// <param name="Material">Whether a worse value counts for the substitution flag.</param>
public sealed record ContractDifference(string Field, string? Earlier, string? Later, ContractDirection Direction, bool Material);

/// <summary>
/// Two versions of one contract, field by field. Pay is also compared per hour, for a wage without its hours says little.
/// A sign to look at, never a finding: people decide what a worse field means.
/// </summary>
/// <param name="Earlier">The version of the earlier stage.</param>
/// <param name="Later">The other.</param>
/// <param name="Differences">In the order of the fields.</param>
public sealed record ContractComparison(ContractRecord Earlier, ContractRecord Later, IReadOnlyList<ContractDifference> Differences)
{
    /// <summary>A later stage has a material field that is worse.</summary>
    public bool SubstitutionSuspected =>
        ContractRecord.Stages.IndexOf(Earlier.Stage) < ContractRecord.Stages.IndexOf(Later.Stage) && Differences.Any(d => d is { Material: true, Direction: ContractDirection.Worse });

    /// <summary>Compares two versions; the order of the arguments does not matter where their stages or dates differ.</summary>
    public static ContractComparison Of(ContractRecord one, ContractRecord other)
    {
        var (earlier, later) = ContractRecord.InTime.Compare(one, other) <= 0 ? (one, other) : (other, one);
        var found = new List<ContractDifference>();
        foreach (var field in ContractField.All.Where(f => f.Rule != "none"))
        {
            if (Compare(field, earlier, later) is { } difference) found.Add(difference);
            if (field.Name == "days_per_week" && PerHour(earlier, later) is { } pay) found.Add(pay);
        }
        return new ContractComparison(earlier, later, found);
    }

    /// <summary>A value with the fields that say what it means, parted by spaces; null where it is absent.</summary>
    public static string? Shown(ContractRecord record, ContractField field) =>
        record[field.Name] is not { } value ? null : string.Join(' ', [value, .. (field.With ?? []).Select(name => record[name]).OfType<string>()]);

    private static ContractDifference? Compare(ContractField field, ContractRecord earlier, ContractRecord later)
    {
        var (a, b) = (Shown(earlier, field), Shown(later, field));
        if (a == b) return null;
        var direction = (a, b) switch
        {
            (null, _) when field.Absent is { } none => Amounts(field.Rule, none, later[field.Name]!),
            (_, null) when field.Absent is { } none => Amounts(field.Rule, earlier[field.Name]!, none),
            (null, _) => ContractDirection.Added,
            (_, null) => ContractDirection.Missing,
            _ => Values(field, earlier, later),
        };
        // An explicit zero beside silence is no difference.
        return direction is { } known ? new ContractDifference(field.Name, a, b, known, field.Material) : null;
    }

    private static ContractDirection? Values(ContractField field, ContractRecord earlier, ContractRecord later)
    {
        var (a, b) = (earlier[field.Name]!, later[field.Name]!);
        var sameMeaning = (field.With ?? []).All(name => earlier[name] == later[name]);
        switch (field.Rule)
        {
            case "order":
                return Worse(Index(field, b).CompareTo(Index(field, a)));
            case "first_best":
                var (first, second) = (Index(field, a) == 0, Index(field, b) == 0);
                return first == second ? ContractDirection.Changed : first ? ContractDirection.Worse : ContractDirection.Better;
            case "later_worse":
                // A year against a day within it says nothing.
                return a.StartsWith(b, StringComparison.Ordinal) || b.StartsWith(a, StringComparison.Ordinal) ? ContractDirection.Changed : Worse(string.CompareOrdinal(b, a));
            case "wage":
                return sameMeaning ? Amounts("lower_worse", a, b) : ContractDirection.Changed;
            case "lower_worse" or "higher_worse":
                return sameMeaning || Milli(a) == 0 || Milli(b) == 0 ? Amounts(field.Rule, a, b) ?? (sameMeaning ? null : ContractDirection.Changed) : ContractDirection.Changed;
            default:
                return ContractDirection.Changed;
        }
    }

    private static ContractDirection? Amounts(string rule, string a, string b)
    {
        var order = Milli(b).CompareTo(Milli(a));
        return order == 0 ? null : Worse(rule == "higher_worse" ? order : -order);
    }

    private static ContractDirection? Worse(int order) => order == 0 ? null : order > 0 ? ContractDirection.Worse : ContractDirection.Better;

    private static int Index(ContractField field, string value) => field.Values!.ToList().IndexOf(value);

    private static ContractDifference? PerHour(ContractRecord earlier, ContractRecord later)
    {
        if (earlier["wage_currency"] is not { } currency || currency != later["wage_currency"]) return null;
        if (Rate(earlier) is not { } a || Rate(later) is not { } b) return null;
        var order = (b.Pay * a.Hours).CompareTo(a.Pay * b.Hours);
        return order == 0 ? null : new ContractDifference("pay_per_hour", $"{Text(a)} {currency}", $"{Text(b)} {currency}", Worse(-order)!.Value, true);
    }

    // Pay in thousandths over hours, as whole numbers: 52/12 weeks make a month.
    private static (BigInteger Pay, BigInteger Hours)? Rate(ContractRecord record)
    {
        if (record["wage"] is not { } wage || record["wage_period"] is not { } period) return null;
        BigInteger pay = Milli(wage), hours = Milli(record["hours_per_day"] ?? "0"), days = Milli(record["days_per_week"] ?? "0");
        (BigInteger Pay, BigInteger Hours)? rate = period switch
        {
            "hour" => (pay, 1),
            "day" => (pay * 1000, hours),
            "week" => (pay * 1_000_000, hours * days),
            "month" => (pay * 12_000_000, hours * days * 52),
            _ => null,
        };
        return rate is { Hours.IsZero: false } known ? known : null;
    }

    // Two decimals, rounded down.
    private static string Text((BigInteger Pay, BigInteger Hours) rate)
    {
        var cents = rate.Pay / (rate.Hours * 10);
        return string.Create(CultureInfo.InvariantCulture, $"{cents / 100}.{(int)(cents % 100):00}");
    }

    private static long Milli(string amount)
    {
        var dot = amount.IndexOf('.', StringComparison.Ordinal);
        var whole = dot < 0 ? amount : amount[..dot];
        var part = dot < 0 ? "" : amount[(dot + 1)..];
        return long.Parse(whole, CultureInfo.InvariantCulture) * 1000 + long.Parse(part.PadRight(3, '0'), CultureInfo.InvariantCulture);
    }
}
