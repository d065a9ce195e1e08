using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Types;
using Identity.Credentials.Verdicts;
using Identity.Hosting;
using Identity.Verifier.Results;

namespace Identity.Verifier.CommandLine;

/// <summary>Who entitled the issuer, for a terminal: the chain in one sentence, or which link does not hold and why.</summary>
internal static class EntitlementText
{
    public static void Write(StringBuilder text, EntitlementView entitlement, ReissuedView? reissued, TypeDefinition? type, Strings strings)
    {
        if (entitlement.Chain.Count > 0)
        {
            var sentence = strings.Format("verdict.entitlement.chain", ("chain", string.Join(" → ", entitlement.Chain.Select(link => link.Name))), ("what", What(entitlement, type, strings)), ("year", entitlement.Chain[^1].From.Year));
            VerdictText.Line(text, "accredited", sentence);
        }
        if (entitlement.NotShown.Count > 0)
            VerdictText.Line(text, "accredited", strings.Format("verdict.entitlement.not_shown", ("limits", string.Join(", ", entitlement.NotShown.Select(limit => strings[$"verdict.entitlement.limit.{SnakeCase.Of(limit)}"])))));
        if (entitlement.Failure is not { } failure) return;
        var isNational = failure.Reason is GapReason.Level && failure.Allowed?.Contains(' ') == true; // behind the name of its framework (ScopeGap)
        var words = strings.Format($"verdict.entitlement.failed.{SnakeCase.Of(failure.Reason)}{(isNational ? "_national" : "")}", ("organisation", failure.Organisation), ("stated", failure.Reason is GapReason.OnBehalfOf ? reissued?.Name ?? failure.Stated : failure.Stated), ("allowed", failure.Allowed),
            ("right", failure.Stated is { } right ? strings.Find($"verdict.entitlement.right.{right}") : null), ("at", failure.At?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "–"));
        VerdictText.Line(text, "not accredited", words);
        // Whoever gave the accreditation that does not hold is whom to ask; of a root authority itself.
        if (failure.Link is { } link && entitlement.Chain[Math.Max(0, link - 1)] is var above)
            VerdictText.Line(text, "ask", above.Contact is { } contact ? $"{above.Name}, {contact}" : above.Name);
    }

    // The type and the limits that most tell who may issue what: levels common to all links, and the codes of the link nearest the issuer that names some.
    private static string What(EntitlementView entitlement, TypeDefinition? type, Strings strings)
    {
        var parts = new List<string> { type?.DisplayFor(strings.Language).Name ?? "" };
        var levels = entitlement.Chain.Select(link => link.Scope?["eqf"]).OfType<JsonArray>().Select(range => ((int)range[0]!, (int)range[1]!)).ToList();
        if (levels.Count > 0)
        {
            var (from, until) = (levels.Max(level => level.Item1), levels.Min(level => level.Item2));
            parts.Add(from == 1 ? strings.Format("verdict.entitlement.up_to_level", ("n", until)) : strings.Format("verdict.entitlement.levels", ("from", from), ("until", until)));
        }
        foreach (var national in entitlement.Chain.Select(link => link.Scope?["nqf"]).OfType<JsonObject>().SelectMany(frameworks => frameworks).GroupBy(framework => framework.Key, framework => framework.Value!.AsArray()))
            parts.Add($"{national.Key} {new LevelRange(national.Max(range => (int)range[0]!), national.Min(range => (int)range[1]!))}");
        Add("fields", "verdict.field", 2);
        Add("occupations", "verdict.occupation", 1);
        return string.Join(", ", parts);

        // A code of ISCED-F or ISCO-08 by the name of the broad group that it belongs to.
        void Add(string limit, string group, int digits)
        {
            if (entitlement.Chain.Select(link => link.Scope?[limit]).OfType<JsonArray>().LastOrDefault() is not { } codes) return;
            var named = codes.Select(code => (string)code!).Select(code => strings.Find($"{group}.{code[..Math.Min(digits, code.Length)]}") is { } name ? $"{name} ({code})" : code);
            parts.Add(strings.Format($"verdict.entitlement.{limit}", ("codes", string.Join(", ", named))));
        }
    }
}
