using Identity.Credentials.Dcql;
using Identity.Credentials.Types;
using Identity.Verifier.Policies;

namespace Identity.Verifier.Tests;

public class TemplateTests
{
    [Fact]
    public void The_questions_are_there_in_order_with_words_in_every_language()
    {
        Assert.Equal(["diploma", "welder", "over18", "reference", "training", "identity", "recognition", "evaluation"], Template.All.Select(template => template.Name));
        foreach (var template in Template.All)
            foreach (var language in Hosting.Strings.Languages)
            {
                var texts = template.Texts[language];
                Assert.All([texts.Title, texts.Description, texts.Purpose], text => Assert.False(string.IsNullOrWhiteSpace(text)));
                Assert.InRange(texts.Purpose.Length, 1, Question.MaxPurpose);
            }
    }

    [Fact]
    public void Every_template_asks_for_claims_that_exist_with_values_of_the_type_and_fits_a_qr()
    {
        foreach (var (template, asked) in Template.All.SelectMany(template => template.Ask("en").Credentials.Select(asked => (template, asked))))
        {
            Assert.All(asked.Required.Concat(asked.Optional), name => Assert.NotNull(asked.Type.Claim(name)));
            if (template.Credentials.Count == 1) Assert.All(asked.Required, name => Assert.NotNull(asked.Type.Claim(name)!.Qr));
            Assert.InRange(asked.Optional.Count, 0, AskedCredential.MaxOptional);
            foreach (var (name, values) in asked.Values)
            {
                Assert.Contains(name, asked.Required);
                var claim = asked.Type.Claim(name)!;
                if (claim.Kind == ClaimKind.Enum) Assert.All(values, value => Assert.Contains(value.GetValue<string>(), claim.Values!.Keys));
            }
        }
    }

    [Fact]
    public void No_question_of_the_public_page_asks_for_anything_sensitive_or_for_a_date_of_birth() =>
        Assert.All(Template.All.SelectMany(template => template.Ask("en").Credentials), asked =>
            Assert.DoesNotContain(asked.Required.Concat(asked.Optional), name => asked.Type.Claim(name)!.Sensitive || name == "birth_date"));

    [Fact]
    public void A_holder_can_refuse_each_optional_claim_alone()
    {
        var question = Template.Find("diploma")!.Ask("en");

        Assert.True(DcqlQuery.TryParse(question.ToDcql(), out var query, out var reason), reason);

        var sets = query.Credentials[0].ClaimSets;
        Assert.Equal(8, sets.Count);
        Assert.Equal(7, sets[0].Count);
        Assert.Equal(question.Credentials[0].Required, sets[^1]);
        Assert.Contains(sets, set => set.Count == 6 && !set.Contains("level_eqf"));
    }

    [Fact]
    public void Names_agree_whatever_their_case_and_spacing_and_differ_when_they_do()
    {
        Assert.Equal(Results.NameComparison.Plain("Amina OKOYE-REYES"), Results.NameComparison.Plain("amina  okoye reyes"));
        Assert.Equal(Results.NameComparison.Plain("Ame\u0301lie"), Results.NameComparison.Plain("Amélie"));
        Assert.NotEqual(Results.NameComparison.Plain("Amina Okoye"), Results.NameComparison.Plain("Amina Reyes"));
        Assert.NotEqual("", Results.NameComparison.Plain("أمينة أوكويي"));
        Results.NameComparison.Plain("broken \ud800 name");
    }
}
