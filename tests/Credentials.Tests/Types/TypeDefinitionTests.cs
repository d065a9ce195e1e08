using System.Text.Json;
using Identity.Credentials.Types;

namespace Identity.Credentials.Tests.Types;

public sealed class TypeDefinitionTests
{
    public static TheoryData<string> Names => [.. TypeDefinition.All.Select(t => t.Name)];

    [Fact]
    public void The_types_are_there() =>
        Assert.Equal(["employment-reference", "permit", "person", "qualification", "recognition", "training"], TypeDefinition.All.Select(t => t.Name));

    [Theory, MemberData(nameof(Names))]
    public void Names_and_keys_and_positions_are_used_once(string name)
    {
        var type = TypeDefinition.Find(name)!;

        Assert.Equal($"urn:identity:{name}:1", type.Vct);
        Assert.Same(type, TypeDefinition.Find(type.Vct));
        Assert.Distinct(type.Claims.Select(c => c.Name));
        Assert.Distinct(type.Claims.Select(c => c.Key));
        Assert.Distinct(type.QrClaims.Select(c => c.Qr));
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_text_is_there_in_every_language(string name)
    {
        var type = TypeDefinition.Find(name)!;

        foreach (var language in new[] { "en", "es", "fr", "ar" })
        {
            Assert.NotEmpty(type.Display[language].Name);
            foreach (var claim in type.Claims)
            {
                Assert.NotEmpty(claim.Display[language]);
                Assert.True(claim.Hint is null || claim.Hint.ContainsKey(language));
                foreach (var value in claim.Values?.Values ?? []) Assert.NotEmpty(value[language]);
                Assert.Equal(claim.Kind == ClaimKind.Enum, claim.Values is not null);
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void No_text_was_left_in_English_and_none_is_in_a_language_without_the_rest(string name)
    {
        var type = TypeDefinition.Find(name)!;
        var texts = type.Claims.SelectMany(c => (c.Values?.Values ?? []).Prepend(c.Display).Concat(c.Hint is null ? [] : [c.Hint]))
            .Append(type.Display.ToDictionary(d => d.Key, d => d.Value.Name)).Append(type.Display.ToDictionary(d => d.Key, d => d.Value.Description ?? "")).ToList();

        // Words that are spelt as in English.
        string[] same = ["Qualification", "Diploma"];
        foreach (var text in texts)
        {
            Assert.Equal(["ar", "en", "es", "fr"], text.Keys.Order(StringComparer.Ordinal));
            Assert.All(text.Where(t => t.Key != "en"), t => Assert.True(t.Value != text["en"] || same.Contains(t.Value), $"{t.Key}: {t.Value}"));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Protocol_names_and_claims_a_holder_cannot_hide_do_not_clash(string name) =>
        Assert.DoesNotContain(TypeDefinition.Find(name)!.Claims, c => c.Name is "iss" or "iat" or "exp" or "nbf" or "cnf" or "vct" or "status" or "_sd" or "_sd_alg" or "...");

    [Theory, MemberData(nameof(Names))]
    public void A_claim_that_cannot_lie_before_another_is_a_date_and_so_is_the_other(string name)
    {
        var type = TypeDefinition.Find(name)!;
        foreach (var claim in type.Claims.Where(c => c.NotBefore is not null))
            Assert.All([claim, type.Claim(claim.NotBefore!)!], date => Assert.True(date.Kind is ClaimKind.Date or ClaimKind.PartialDate, date.Name));
    }

    [Fact]
    public void A_definition_with_an_unknown_or_doubled_member_is_refused()
    {
        const string Minimal = """{"vct":"urn:identity:x:1","name":"x","display":{},"color":"#000000","claims":[],"budget":{"target":1,"cap":2}}""";
        Assert.Equal("x", TypeDefinition.Parse(Minimal).Name);

        Assert.ThrowsAny<JsonException>(() => TypeDefinition.Parse(Minimal.Replace("\"name\"", "\"colour\":1,\"name\"")));
        Assert.ThrowsAny<JsonException>(() => TypeDefinition.Parse(Minimal.Replace("\"name\"", "\"name\":\"y\",\"name\"")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_shown_with_one_tap_stands_in_the_code_and_nothing_of_it_is_sensitive(string name)
    {
        var type = TypeDefinition.Find(name)!;

        Assert.NotEmpty(type.Sets);
        Assert.All(type.Sets.Keys, set => Assert.Contains(set, new[] { "who", "can", "work" }));
        Assert.All(type.Sets.Values.SelectMany(claims => claims), claim => Assert.True(type.Claim(claim) is { Qr: not null, Sensitive: false }, claim));
    }
}
