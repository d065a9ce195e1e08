using System.Text.Json.Nodes;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Types;
using Identity.Credentials.Verdicts;
using Identity.TestKit;

namespace Identity.Credentials.Tests.Accreditation;

/// <summary>tests/vectors/accreditation/scope.json, which the browser code reads too: what each limit of a scope allows.</summary>
public sealed class ScopeVectorTests
{
    private static readonly JsonObject Shared = JsonNode.Parse(File.ReadAllText(Checkout.Vector("accreditation/scope.json")))!.AsObject();

    public static TheoryData<string> Gaps => Names("gaps");

    public static TheoryData<string> Facts => Names("facts");

    public static TheoryData<string> Unreadable => Names("unreadable");

    [Theory, MemberData(nameof(Gaps))]
    public void A_scope_allows_what_it_says_and_names_the_first_thing_it_does_not(string name)
    {
        var one = Case("gaps", name);
        Assert.True(Scope.TryParse(one["scope"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }), out var scope, out var reason), reason);
        var facts = Read(one["facts"]!.AsObject());

        var gap = scope.GapFor(facts);

        Assert.Equal(((string?)one["gap"]?["reason"], (string?)one["gap"]?["stated"], (string?)one["gap"]?["allowed"]), (gap is null ? null : Reasons.Name(gap.Reason), gap?.Stated, gap?.Allowed));
        Assert.Equal(one["notShown"]!.AsArray().Select(n => (string)n!), scope.NotShown(facts).Select(Reasons.Name));
    }

    [Theory, MemberData(nameof(Facts))]
    public void The_type_says_which_claims_a_scope_is_compared_with(string name)
    {
        var one = Case("facts", name);

        var facts = ScopeFacts.Of(TypeDefinition.Find((string)one["type"]!)!, one["claims"]!.AsObject(), (bool?)one["isWhole"] ?? false);

        var expected = Read(one["facts"]!.AsObject());
        Assert.Equal(expected.Hidden, facts.Hidden);
        Assert.Equal(expected with { Hidden = [] }, facts with { Hidden = expected.Hidden } with { Hidden = [] });
    }

    [Theory, MemberData(nameof(Unreadable))]
    public void A_text_that_is_no_scope_is_refused(string name) => Assert.False(Scope.TryParse((string)Case("unreadable", name)["text"]!, out _, out _));

    [Fact]
    public void Every_limit_has_a_case_that_holds_one_that_does_not_and_one_that_is_not_shown()
    {
        foreach (var reason in new[] { GapReason.Kind, GapReason.Level, GapReason.Field, GapReason.Occupation, GapReason.Jurisdiction, GapReason.OnBehalfOf })
        {
            var name = Reasons.Name(reason);
            Assert.Contains(Shared["gaps"]!.AsArray(), c => (string?)c!["gap"]?["reason"] == name);
            Assert.Contains(Shared["gaps"]!.AsArray(), c => c!["gap"] is null && c["notShown"]!.AsArray().Any(n => (string)n! == name));
        }
    }

    private static ScopeFacts Read(JsonObject facts) => new((string)facts["type"]!, (string?)facts["kind"], (string?)facts["eqf"], (string?)facts["field"], (string?)facts["occupation"],
        (string?)facts["jurisdiction"], (string?)facts["on_behalf_of"], [.. facts["hidden"]!.AsArray().Select(h => Enum.GetValues<GapReason>().Single(reason => Reasons.Name(reason) == (string)h!))]) { NqfFramework = (string?)facts["nqf_framework"], NqfLevel = (string?)facts["nqf_level"] };

    private static JsonObject Case(string part, string name) => Shared[part]!.AsArray().Single(c => (string)c!["name"]! == name)!.AsObject();

    private static TheoryData<string> Names(string part) => [.. Shared[part]!.AsArray().Select(c => (string)c!["name"]!)];
}
