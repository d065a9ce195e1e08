using System.Text.Json;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Verdicts;
using Identity.TestKit;

namespace Identity.Credentials.Tests.Verdicts;

/// <summary>Fixes what every reason says and looks like, in every language.</summary>
public sealed class WordsTests
{
    private const string Nobody = "says nothing about the person";
    private const string NobodyArabic = "لا يدل على شيء بخصوص الشخص";
    private const string NobodyFrench = "ne dit rien sur la personne";
    private const string NobodySpanish = "no dice nada sobre la persona";

    public static TheoryData<ReasonCode, Outcome, Tone, string, string, string, string> Fixed() => new()
    {
        { ReasonCode.Malformed, Outcome.CannotTell, Tone.Grey, "This cannot be read", "تعذرت القراءة", "La lecture est impossible", "No se puede leer" },
        { ReasonCode.Unsupported, Outcome.CannotTell, Tone.Grey, "This kind is not known here", "هذا النوع غير معروف هنا", "Ce genre d’attestation n’est pas connu ici", "Esta clase no se conoce aquí" },
        { ReasonCode.Altered, Outcome.NotValid, Tone.Red, "Changed after signing", "تغيّرت بعد التوقيع", "Modifiée après la signature", "Cambiada después de la firma" },
        { ReasonCode.IssuerUnknown, Outcome.CannotTell, Tone.Grey, "The issuer is not in the register", "الجهة المصدرة غير مقيدة في السجل", "L’émetteur n’est pas dans l’annuaire", "El emisor no está en el directorio" },
        { ReasonCode.KeyNotValidThen, Outcome.NotValid, Tone.Red, "Signed with a key that was not good", "موقعة بمفتاح غير صالح", "Signée avec une clé qui n’était pas bonne", "Firmada con una clave que no era buena" },
        { ReasonCode.IssuerNotEntitled, Outcome.NotValid, Tone.Red, "The issuer was not accredited for this", "الجهة المصدرة لم تكن معتمدة لهذا", "L’émetteur n’était pas agréé pour cela", "El emisor no estaba acreditado para esto" },
        { ReasonCode.WrongAudience, Outcome.NotValid, Tone.Amber, "This proof was made for another check", "هذا الإثبات أُعد لتحقق آخر", "Cette preuve a été faite pour une autre vérification", "Esta prueba se hizo para otra comprobación" },
        { ReasonCode.Replayed, Outcome.NotValid, Tone.Amber, "This answers no question asked now", "هذا ليس جواباً عن السؤال الحالي", "Ceci ne répond pas à la demande d’à présent", "Esto no responde a la solicitud de ahora" },
        { ReasonCode.HolderNotProven, Outcome.NotValid, Tone.Amber, "Nothing proves whose this is", "لم يثبت لمن هي", "Rien ne prouve à qui elle est", "No consta de quién es" },
        { ReasonCode.AsksNotMet, Outcome.NotValid, Tone.Amber, "This is not what was asked for", "ليس هذا ما طُلب", "Ce n’est pas ce qui a été demandé", "Esto no es lo que se pidió" },
        { ReasonCode.Revoked, Outcome.NotValid, Tone.Red, "Genuine, but withdrawn", "أصلية، لكنها مسحوبة", "Authentique, mais retirée", "Auténtica, pero retirada" },
        { ReasonCode.Suspended, Outcome.NotValid, Tone.Amber, "Genuine, but paused", "أصلية، لكنها موقوفة مؤقتاً", "Authentique, mais suspendue", "Auténtica, pero suspendida" },
        { ReasonCode.Expired, Outcome.NotValid, Tone.Amber, "Genuine, but past its last day", "أصلية، لكن مدتها انتهت", "Authentique, mais sa date est passée", "Auténtica, pero su plazo ha terminado" },
        { ReasonCode.NotYetValid, Outcome.NotValid, Tone.Amber, "Genuine, but not in force yet", "أصلية، لكنها لم تسرِ بعد", "Authentique, mais pas encore en vigueur", "Auténtica, pero aún no está en vigor" },
        { ReasonCode.AnchoredTooLate, Outcome.NotValid, Tone.Red, "Recorded too late", "سُجلت متأخرة", "Inscrite trop tard", "Inscrita demasiado tarde" },
        { ReasonCode.NotAnchored, Outcome.CannotTell, Tone.Grey, "Not confirmed by the ledger", "لم يؤكدها السجل الموزع", "Pas confirmée par le registre partagé", "No confirmada por el registro compartido" },
        { ReasonCode.StaleData, Outcome.CannotTell, Tone.Grey, "The data here are too old", "البيانات المتوفرة هنا قديمة", "Les données d’ici sont trop anciennes", "Los datos de aquí son demasiado antiguos" },
        { ReasonCode.Valid, Outcome.Valid, Tone.Green, "Genuine and in force", "أصلية وسارية", "Authentique et en vigueur", "Auténtica y en vigor" },
    };

    [Theory]
    [MemberData(nameof(Fixed))]
    public void Every_reason_has_its_outcome_colour_words_and_next_step(ReasonCode reason, Outcome outcome, Tone tone, string english, string arabic, string french, string spanish)
    {
        Assert.Equal(outcome, Reasons.OutcomeOf(reason));
        Assert.Equal(tone, Reasons.ToneOf(reason));
        var name = Reasons.Name(reason);
        Assert.Equal(english, Words("en")[$"{name}.title"]);
        Assert.Equal(arabic, Words("ar")[$"{name}.title"]);
        Assert.Equal(french, Words("fr")[$"{name}.title"]);
        Assert.Equal(spanish, Words("es")[$"{name}.title"]);
        foreach (var language in Languages)
        {
            var words = Words(language);
            Assert.InRange(words[$"{name}.title"].Length, 8, 60);
            Assert.InRange(words[$"{name}.explanation"].Length, 30, 320); // some scripts need fewer signs
            Assert.InRange(words[$"{name}.next"].Length, 20, 160);
            Assert.Contains(words[$"{name}.next"][^1], ".۔।။።");
        }

        // Where we cannot tell, the words say that this is no finding against anybody.
        Assert.Equal(outcome == Outcome.CannotTell, Words("en")[$"{name}.explanation"].Contains(Nobody, StringComparison.Ordinal));
        Assert.Equal(outcome == Outcome.CannotTell, Words("ar")[$"{name}.explanation"].Contains(NobodyArabic, StringComparison.Ordinal));
        Assert.Equal(outcome == Outcome.CannotTell, Words("fr")[$"{name}.explanation"].Contains(NobodyFrench, StringComparison.Ordinal));
        Assert.Equal(outcome == Outcome.CannotTell, Words("es")[$"{name}.explanation"].Contains(NobodySpanish, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("en", "Genuine; not proven to belong to whoever shows it")]
    [InlineData("ar", "أصلية، ولم يُثبت أنها لمن يُظهرها")]
    [InlineData("fr", "Authentique ; rien ne prouve qu’elle est à qui la montre")]
    [InlineData("es", "Auténtica; no consta que sea de quien la muestra")]
    public void A_genuine_copy_that_nobody_proved_to_be_theirs_says_so_in_its_headline(string language, string title)
    {
        var words = Words(language);

        Assert.Equal(title, words["copy.title"]);
        Assert.NotEqual(words["valid.title"], words["copy.title"]);
        Assert.InRange(words["copy.title"].Length, 8, 60);
        Assert.InRange(words["copy.explanation"].Length, 40, 320);
        Assert.InRange(words["copy.next"].Length, 20, 160);
        Assert.EndsWith(".", words["copy.next"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "Whether it is recorded on the ledger was not looked at.", "recorded on the ledger,")]
    [InlineData("ar", "أما تسجيلها في السجل الموزع فلم يُنظر فيه.", "ومسجلة في السجل الموزع")]
    [InlineData("fr", "Son inscription dans le registre partagé n’a pas été regardée.", "inscrite dans le registre partagé")]
    [InlineData("es", "No se ha mirado si está inscrita en el registro compartido.", "acreditado, inscrita en el registro compartido")]
    [InlineData("fil", "Hindi tiningnan kung nakatala ito sa pampublikong talaan.", "nag-isyu, nakatala sa pampublikong talaan")]
    [InlineData("ne", "यो साझा अभिलेखमा दर्ज छ कि छैन भनेर हेरिएको छैन।", "यो साझा अभिलेखमा दर्ज छ,")]
    [InlineData("si", "එය ලෙජරයේ වාර්තාගතද යන්න බැලුවේ නැත.", "එය ලෙජරයේ වාර්තාගතයි")]
    [InlineData("hi", "यह साझा बही में दर्ज है या नहीं, यह नहीं देखा गया।", "यह साझा बही में दर्ज है, ")]
    [InlineData("bn", "এটি লেজার খাতায় নথিভুক্ত কি না, তা দেখা হয়নি।", "এটি লেজার খাতায় নথিভুক্ত,")]
    [InlineData("id", "Apakah ini tercatat di buku catatan bersama tidak diperiksa.", "terakreditasi, tercatat di buku catatan bersama")]
    [InlineData("ur", "یہ مشترکہ کھاتے میں درج ہے یا نہیں، یہ نہیں دیکھا گیا۔", "یہ مشترکہ کھاتے میں درج ہے،")]
    [InlineData("ta", "இது பேரேட்டில் பதிவாகியுள்ளதா என்று பார்க்கப்படவில்லை.", "பேரேட்டில் பதிவாகியுள்ளது;")]
    [InlineData("my", "လယ်ဂျာမှာ မှတ်တမ်းတင်ထားသလား ဆိုတာကိုတော့ မကြည့်ခဲ့ပါ။", "လယ်ဂျာမှာ မှတ်တမ်းတင်ထားပါတယ်")]
    [InlineData("am", "በጋራ መዝገቡ ላይ መመዝገቡ ግን አልታየም።", "በጋራ መዝገቡ ላይ ተመዝግቧል")]
    [InlineData("sw", "Kama imeandikwa kwenye daftari la pamoja haikuangaliwa.", "aliyeidhinishwa, imeandikwa kwenye daftari la pamoja")]
    public void Where_the_ledger_was_not_looked_at_no_word_says_that_it_is_recorded_there(string language, string unread, string recorded)
    {
        var words = Words(language);

        foreach (var name in new[] { "valid", "copy", "paper" })
        {
            Assert.Contains(recorded, words[$"{name}.explanation"], StringComparison.Ordinal);
            Assert.DoesNotContain(recorded, words[$"{name}.offline.explanation"], StringComparison.Ordinal);
            Assert.Contains(unread, words[$"{name}.offline.explanation"], StringComparison.Ordinal);
            Assert.InRange(words[$"{name}.offline.explanation"].Length, 40, 320);
        }
    }

    [Fact]
    public void A_device_that_doubts_its_own_clock_names_it_and_not_the_phones_and_says_nothing_about_the_person()
    {
        Assert.Equal("The clock of this device is wrong", Words("en")["clock_back.title"]);
        Assert.Equal("The clock of this device may be wrong", Words("en")["clock_off.title"]);
        var (english, explanation) = (Words("en"), Words("en")["clock_off.explanation"]);
        Assert.Contains("clock of this device", explanation, StringComparison.Ordinal);
        Assert.DoesNotContain("phone", explanation, StringComparison.Ordinal);
        foreach (var (language, nobody) in new[] { ("en", Nobody), ("ar", NobodyArabic), ("fr", NobodyFrench), ("es", NobodySpanish) })
            Assert.Contains(nobody, Words(language)["clock_back.explanation"], StringComparison.Ordinal);
        Assert.Contains("whoever runs this check", english["clock_back.next"], StringComparison.Ordinal);
        foreach (var language in Languages)
            foreach (var name in new[] { "clock_back", "clock_off" })
            {
                Assert.InRange(Words(language)[$"{name}.title"].Length, 8, 60);
                Assert.InRange(Words(language)[$"{name}.explanation"].Length, 30, 320);
                Assert.InRange(Words(language)[$"{name}.next"].Length, 20, 160);
                Assert.Contains(Words(language)[$"{name}.next"][^1], ".۔।။።");
            }
    }

    [Theory]
    [MemberData(nameof(Reasons_that_are_not_valid))]
    public void Whoever_reads_that_something_does_not_count_is_told_which_human_to_ask(ReasonCode reason)
    {
        foreach (var (language, humans) in Humans)
            Assert.Contains(humans, human => Words(language)[$"{Reasons.Name(reason)}.next"].Contains(human, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void No_text_calls_anything_or_anybody_false_or_a_fraud()
    {
        string[] accusing = ["forge", "fraud", "fake", "false", "criminal", "مزور", "مزيف", "احتيال", "fraude", "faux", "fausse", "falsif", "fals", "estafa"];
        foreach (var language in Languages)
            Assert.All(Words(language), text => Assert.DoesNotContain(accusing, word => text.Value.Contains(word, StringComparison.OrdinalIgnoreCase)));
    }

    public static TheoryData<ReasonCode> Reasons_that_are_not_valid() => new(Enum.GetValues<ReasonCode>().Where(reason => reason != ReasonCode.Valid));

    // The person who shows it, the issuer, or whoever runs the check.
    private static readonly Dictionary<string, string[]> Humans = new()
    {
        ["en"] = ["the person", "the issuer", "whoever runs this check"],
        ["ar"] = ["الشخص", "الجهة المصدرة", "من يدير هذا الفاحص"],
        ["fr"] = ["la personne", "l’émetteur", "à qui gère cette vérification"],
        ["es"] = ["la persona", "al emisor", "el emisor", "a quien lleva esta comprobación"],
    };

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
        Assert.StartsWith("Authentique, mais", Words("fr")[$"{Reasons.Name(reason)}.title"], StringComparison.Ordinal);
        Assert.StartsWith("Auténtica, pero", Words("es")[$"{Reasons.Name(reason)}.title"], StringComparison.Ordinal);
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
            .Concat(["copy.title", "copy.explanation", "copy.next", "paper.title", "paper.explanation", "paper.next", "paper_ended.title", "paper_ended.explanation", "paper_ended.next", "unwitnessed.title", "unwitnessed.explanation", "unwitnessed.next"])
            .Concat(["clock_back.title", "clock_back.explanation", "clock_back.next", "clock_off.title", "clock_off.explanation", "clock_off.next"])
            .Concat(["valid.offline.explanation", "copy.offline.explanation", "paper.offline.explanation", "check.issuer_key.offline", "check.accreditation.offline"])
            .Concat(["asks_not_met.missing", "valid_as_of.title", "valid_as_of.explanation", "valid_as_of.next", "closing.closed", "closing.depositary", "closing.nobody", "reissued.explanation", "entitlement.failed.on_behalf_of_only", "entitlement.failed.level_national", "archive", "archive.unproven"])
            .Concat(Entitlement.Select(name => $"entitlement.{name}"))
            .Concat(Enum.GetValues<GapReason>().Select(reason => $"entitlement.failed.{Reasons.Name(reason)}"))
            .Concat(Limits.Select(reason => $"entitlement.limit.{Reasons.Name(reason)}"))
            .Concat(Enumerable.Range(0, 11).Select(group => $"field.{group:00}")).Concat(Enumerable.Range(0, 10).Select(group => $"occupation.{group}")) // broad fields of ISCED-F, major groups of ISCO-08
            .Order(StringComparer.Ordinal).ToList();
        Assert.Equal(["am", "ar", "bn", "en", "es", "fil", "fr", "hi", "id", "my", "ne", "si", "sw", "ta", "ur"], Languages);
        foreach (var language in Languages)
        {
            Assert.Equal(expected, Words(language).Keys.Order(StringComparer.Ordinal));
            Assert.All(Words(language), pair => Assert.False(string.IsNullOrWhiteSpace(pair.Value), pair.Key));
        }
    }

    [Fact]
    public void Why_an_issuer_was_not_entitled_is_one_sentence_that_names_whose_accreditation_does_not_hold_and_the_day_or_the_limit()
    {
        foreach (var language in Languages)
            foreach (var reason in Enum.GetValues<GapReason>())
            {
                var sentence = Words(language)[$"entitlement.failed.{Reasons.Name(reason)}"];
                Assert.Contains("{organisation}", sentence, StringComparison.Ordinal);
                Assert.Contains(sentence[^1], ".۔।။።");
                Assert.InRange(sentence.Length, 40, 200);
                foreach (var (place, reasons) in Places) Assert.Equal(reasons.Contains(reason), sentence.Contains(place, StringComparison.Ordinal));
            }
    }

    [Fact]
    public void What_was_in_force_when_its_issuer_closed_is_called_genuine_with_the_day_of_the_last_list_and_whom_to_ask()
    {
        Assert.Equal("Genuine, and in force when its issuer closed", Words("en")["valid_as_of.title"]);
        foreach (var language in Languages)
        {
            var words = Words(language);
            Assert.InRange(words["valid_as_of.title"].Length, 8, 60);
            Assert.Contains("{date}", words["valid_as_of.explanation"], StringComparison.Ordinal);
            Assert.InRange(words["valid_as_of.explanation"].Length, 40, 320);
            Assert.InRange(words["valid_as_of.next"].Length, 20, 240);
            Assert.Contains(words["valid_as_of.next"][^1], ".۔।။።");
        }
    }

    private static readonly GapReason[] Limits = [GapReason.Kind, GapReason.Level, GapReason.Field, GapReason.Occupation, GapReason.Jurisdiction, GapReason.OnBehalfOf];
    private static readonly GapReason[] Compared = [GapReason.Kind, GapReason.Level, GapReason.Field, GapReason.Occupation, GapReason.Jurisdiction];
    private static readonly GapReason[] Dated = [GapReason.NotYet, GapReason.Over, GapReason.Withdrawn, GapReason.Closed];
    private static readonly Dictionary<string, GapReason[]> Places = new() { ["{stated}"] = [.. Compared, GapReason.OnBehalfOf], ["{allowed}"] = [.. Compared, .. Dated], ["{at}"] = Dated, ["{right}"] = [GapReason.NoRight] };

    private static readonly string[] Entitlement =
    [
        "title", "chain", "up_to_level", "levels", "fields", "occupations", "right", "right.issue", "right.accredit", "for", "every_type", "since", "until", "withdrawn", "number", "failing", "not_shown", "ask",
    ];

    private static IReadOnlyList<string> Languages { get; } =
        [.. Directory.GetFiles(Folder, "verdict.*.json").Select(f => Path.GetFileName(f).Split('.')[1]).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(Checkout.Root, "src", "web", "strings");

    private static Dictionary<string, string> Words(string language) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(Path.Combine(Folder, $"verdict.{language}.json")))!;
}
