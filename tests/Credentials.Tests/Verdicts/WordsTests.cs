using System.Text.Json;
using Identity.Credentials.Verdicts;
using Identity.TestKit;

namespace Identity.Credentials.Tests.Verdicts;

/// <summary>Fixes what every reason says and looks like, in every language.</summary>
public sealed class WordsTests
{
    private const string Nobody = "says nothing about the person";
    private const string NobodyArabic = "لا يدل على شيء بخصوص الشخص";

    public static TheoryData<ReasonCode, Outcome, Tone, string, string> Fixed() => new()
    {
        { ReasonCode.Malformed, Outcome.CannotTell, Tone.Grey, "This cannot be read", "تعذرت القراءة" },
        { ReasonCode.Unsupported, Outcome.CannotTell, Tone.Grey, "This kind is not known here", "هذا النوع غير معروف هنا" },
        { ReasonCode.Altered, Outcome.NotValid, Tone.Red, "Changed after signing", "تغيّرت بعد التوقيع" },
        { ReasonCode.IssuerUnknown, Outcome.CannotTell, Tone.Grey, "The issuer is not in the register", "الجهة المصدرة غير مقيدة في السجل" },
        { ReasonCode.KeyNotValidThen, Outcome.NotValid, Tone.Red, "Signed with a key that was not good", "موقعة بمفتاح غير صالح" },
        { ReasonCode.IssuerNotEntitled, Outcome.NotValid, Tone.Red, "The issuer was not accredited for this", "الجهة المصدرة غير معتمدة لهذا النوع" },
        { ReasonCode.WrongAudience, Outcome.NotValid, Tone.Amber, "This proof was made for somebody else", "هذا الإثبات أُعد لجهة أخرى" },
        { ReasonCode.Replayed, Outcome.NotValid, Tone.Amber, "This answers an earlier question", "هذا جواب عن سؤال سابق" },
        { ReasonCode.HolderNotProven, Outcome.NotValid, Tone.Amber, "The holder is not proven", "صاحب الوثيقة غير مُثبت" },
        { ReasonCode.AsksNotMet, Outcome.NotValid, Tone.Amber, "This is not what was asked for", "ليس هذا ما طُلب" },
        { ReasonCode.Revoked, Outcome.NotValid, Tone.Red, "Genuine, but withdrawn", "أصلية، لكنها مسحوبة" },
        { ReasonCode.Suspended, Outcome.NotValid, Tone.Amber, "Genuine, but paused", "أصلية، لكنها موقوفة مؤقتاً" },
        { ReasonCode.Expired, Outcome.NotValid, Tone.Amber, "Genuine, but past its last day", "أصلية، لكن مدتها انتهت" },
        { ReasonCode.NotYetValid, Outcome.NotValid, Tone.Amber, "Genuine, but not in force yet", "أصلية، لكنها لم تسرِ بعد" },
        { ReasonCode.AnchoredTooLate, Outcome.NotValid, Tone.Red, "Recorded too late", "سُجلت متأخرة" },
        { ReasonCode.NotAnchored, Outcome.CannotTell, Tone.Grey, "Not confirmed by the ledger", "لم يؤكدها السجل الموزع" },
        { ReasonCode.StaleData, Outcome.CannotTell, Tone.Grey, "The data here are too old", "البيانات المتوفرة هنا قديمة" },
        { ReasonCode.Valid, Outcome.Valid, Tone.Green, "Genuine and in force", "أصلية وسارية" },
    };

    [Theory]
    [MemberData(nameof(Fixed))]
    public void Every_reason_has_its_outcome_colour_words_and_next_step(ReasonCode reason, Outcome outcome, Tone tone, string english, string arabic)
    {
        Assert.Equal(outcome, Reasons.OutcomeOf(reason));
        Assert.Equal(tone, Reasons.ToneOf(reason));
        var name = Reasons.Name(reason);
        Assert.Equal(english, Words("en")[$"{name}.title"]);
        Assert.Equal(arabic, Words("ar")[$"{name}.title"]);
        foreach (var language in Languages)
        {
            var words = Words(language);
            Assert.InRange(words[$"{name}.title"].Length, 8, 60);
            Assert.InRange(words[$"{name}.explanation"].Length, 40, 320);
            Assert.InRange(words[$"{name}.next"].Length, 20, 160);
            Assert.EndsWith(".", words[$"{name}.next"], StringComparison.Ordinal);
        }

        // Where we cannot tell, the words say that this is no finding against anybody.
        Assert.Equal(outcome == Outcome.CannotTell, Words("en")[$"{name}.explanation"].Contains(Nobody, StringComparison.Ordinal));
        Assert.Equal(outcome == Outcome.CannotTell, Words("ar")[$"{name}.explanation"].Contains(NobodyArabic, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_reason_is_fixed_above() => Assert.Equal(Enum.GetValues<ReasonCode>(), Fixed().Select(row => row[0]).Cast<ReasonCode>());

    [Theory]
    [InlineData(ReasonCode.Revoked)]
    [InlineData(ReasonCode.Suspended)]
    [InlineData(ReasonCode.Expired)]
    [InlineData(ReasonCode.NotYetValid)]
    public void A_real_credential_that_ended_is_called_genuine_and_never_false(ReasonCode reason)
    {
        var title = Words("en")[$"{Reasons.Name(reason)}.title"];

        Assert.StartsWith("Genuine, but", title, StringComparison.Ordinal);
        Assert.StartsWith("أصلية، لكن", Words("ar")[$"{Reasons.Name(reason)}.title"], StringComparison.Ordinal);
    }

    [Fact]
    public void Every_language_has_the_same_texts_and_none_is_empty_or_unused()
    {
        var expected = Enum.GetValues<ReasonCode>().SelectMany(r => new[] { "title", "explanation", "next" }.Select(part => $"{Reasons.Name(r)}.{part}"))
            .Concat(Enum.GetValues<Outcome>().Select(o => $"outcome.{Reasons.Name(o)}"))
            .Concat(Enum.GetValues<CheckResult>().Select(r => $"result.{Reasons.Name(r)}"))
            .Concat(Enum.GetValues<BindingLevel>().Select(b => $"binding.{Reasons.Name(b)}"))
            .Concat(Enum.GetValues<CheckName>().Select(c => $"check.{Reasons.Name(c)}"))
            .Order(StringComparer.Ordinal).ToList();
        Assert.True(Languages.Count >= 2);
        foreach (var language in Languages)
        {
            Assert.Equal(expected, Words(language).Keys.Order(StringComparer.Ordinal));
            Assert.All(Words(language), pair => Assert.False(string.IsNullOrWhiteSpace(pair.Value), pair.Key));
        }
    }

    private static IReadOnlyList<string> Languages { get; } =
        [.. Directory.GetFiles(Folder, "verdict.*.json").Select(f => Path.GetFileName(f).Split('.')[1]).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(Checkout.Root, "src", "web", "strings");

    private static Dictionary<string, string> Words(string language) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(Path.Combine(Folder, $"verdict.{language}.json")))!;
}
