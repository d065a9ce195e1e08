using Identity.Credentials.Recovery;

namespace Identity.Credentials.Tests.Recovery;

/// <summary>One person under the names of a document and of a record, and another person under names that look alike.</summary>
public sealed class DocumentNameTests
{
    [Theory]
    // What a code line says, and what a record may say.
    [InlineData("TAMANG<<SUNITA<KUMARI", "Sunita Kumari Tamang", "KUMARI SUNITA TAMANG")]
    [InlineData("AL<HARBI<<FATIMA", "Fāṭima al-Ḥarbī", "AL FATIMA HARBI")]
    [InlineData("MUELLER<<JOERG", "Jörg Müller", "JORG MULLER")]
    [InlineData("MULLER<<JORG", "Joerg Mueller", "JORG MULLER")]
    [InlineData("OZGUR<<GULSAH", "Gülşah Özgür", "GULSAH OZGUR")]
    [InlineData("NGUYEN<<THI<DUNG", "Nguyễn Thị Dung", "DUNG NGUYEN THI")]
    [InlineData("DANG<<VAN<DUC", "Đặng Văn Đức", "DANG DUC VAN")]
    [InlineData("MUNXXOZ<<INES", "Inés Muñoz", "INES MUNOZ")]
    [InlineData("SUKARNO", "Sukarno", "SUKARNO")]
    [InlineData("SANTOS<CRUZ<<MARIA<ANA", "Maria-Ana Santos–Cruz", "ANA CRUZ MARIA SANTOS")]
    [InlineData("OBRIEN<<SIOBHAN", "Siobhán O’Brien", "OBRIEN SIOBHAN")]
    [InlineData("NGUGI<<WANJIKU", "Ng'ũgĩ Wanjikũ", "NGUGI WANJIKU")]
    [InlineData("AAKESSON<<AASA", "Åsa Åkesson", "AKESSON ASA")]
    [InlineData("SOERENSEN<<AEGIR", "Ægir Sørensen", "AGIR SORENSEN")]
    [InlineData("STRAUSS<<JON<TH", "Jon Þ. Strauß", "JON STRAUSS TH")]
    [InlineData("WALESA<<LECH", "Lech Wałęsa", "LECH WALESA")]
    [InlineData("ALIYEV<<ELCIN", "Əliyev Elçin", null)] // ALIYEV is another spelling than ICAO's: a human decides
    [InlineData("RAHMAN<<MD", "Md. Rahman", "MD RAHMAN")]
    public void The_same_person_has_one_form_whatever_the_order_the_accents_and_the_marks(string document, string record, string? form)
    {
        if (form is not null) Assert.Equal(form, DocumentName.Canonical(document));
        Assert.Equal(form is not null, DocumentName.Canonical(record) == DocumentName.Canonical(document));
    }

    [Theory]
    [InlineData("Sunita Tamang", "Sunita Kumari Tamang")] // a name more or less
    [InlineData("Amina Amina Noor", "Amina Noor")]
    [InlineData("Mohammed Ali", "Mohamed Ali")]
    [InlineData("Abdulrahman Saleh", "Abdul Rahman Saleh")]
    public void Another_spelling_or_a_name_more_is_another_form(string one, string other) => Assert.NotEqual(DocumentName.Canonical(one), DocumentName.Canonical(other));

    [Theory]
    [InlineData("सुनिता तामाङ")]
    [InlineData("فاطمة الحربي")]
    [InlineData("Fatima الحربي")]
    [InlineData("Иван")]
    [InlineData("Ivan 2")]
    [InlineData(" - ")]
    [InlineData("")]
    public void What_has_another_script_or_no_letters_has_none(string name) => Assert.Null(DocumentName.Canonical(name));

    [Fact]
    public void Parts_are_one_name_and_other_names_make_further_forms()
    {
        Assert.True(DocumentRead.TryRead("Santos", "Maria", "Cruz", "1990-05-14", out var read));

        Assert.Equal(["MARIA SANTOS", "CRUZ MARIA SANTOS", "CRUZ MARIA"], read.Names);
    }

    [Theory]
    [InlineData("Al Harbi", "فاطمة", null)]
    [InlineData("Al Harbi", "Fatima", "1990-13")]
    [InlineData("Al Harbi", "Fatima", "14.05.1990")]
    public void What_is_no_Latin_name_or_no_date_is_not_taken(string family, string given, string? birth) => Assert.False(DocumentRead.TryRead(family, given, null, birth, out _));

    [Theory]
    [InlineData("1990-05-14", true), InlineData("1900", true), InlineData("2024-02-29", true), InlineData("2026-11-20", true), InlineData("2026", true), InlineData("2026-11", true)]
    [InlineData("2026-02-31", false), InlineData("2023-02-29", false), InlineData("2026-11-21", false), InlineData("2026-12", false), InlineData("2027", false), InlineData("1899-12-31", false), InlineData("1990-5-14", false), InlineData("", false)]
    public void Somebody_is_born_on_a_day_of_the_calendar_since_1900_and_not_after_today(string birth, bool can) => Assert.Equal(can, DocumentRead.IsBirth(birth, new DateOnly(2026, 11, 20)));

    [Theory]
    [InlineData("1990-05-14", "1990-05-14", DocumentVerdict.Same)]
    [InlineData("1990-05-14", "1990", DocumentVerdict.Same)]
    [InlineData("1990", "1990-05-14", DocumentVerdict.Same)]
    [InlineData("1990-05", null, DocumentVerdict.Same)]
    [InlineData(null, "1990-05-14", DocumentVerdict.Same)]
    [InlineData("1990-05-14", "1990-05-15", DocumentVerdict.Differs)]
    [InlineData("1990-05-14", "1991", DocumentVerdict.Differs)]
    [InlineData("1990-06", "1990-05-14", DocumentVerdict.Differs)]
    public void Dates_are_compared_as_far_as_both_go(string? document, string? record, DocumentVerdict expected)
    {
        Assert.True(DocumentRead.TryRead("Tamang", "Sunita", null, document, out var read));

        Assert.Equal(expected, read.Hash().Compare(["SUNITA TAMANG"], record));
        Assert.Equal(DocumentVerdict.Differs, read.Hash().Compare(["SUNITA RAI"], record));
        Assert.Equal(DocumentVerdict.Same, read.Hash().Compare(["SUNITA RAI", "SUNITA TAMANG"], document));
    }

    [Fact]
    public void Without_a_Latin_name_on_either_side_nobody_can_tell()
    {
        Assert.True(DocumentRead.TryRead(null, null, null, "1990", out var nameless));
        Assert.True(DocumentRead.TryRead("Tamang", null, null, null, out var named));

        Assert.Equal(DocumentVerdict.CannotTell, nameless.Hash().Compare(["SUNITA TAMANG"], "1990"));
        Assert.Equal(DocumentVerdict.CannotTell, named.Hash().Compare([], "1990"));
    }

    [Fact]
    public void The_hash_is_the_one_that_the_page_gives_and_its_key_is_never_the_same()
    {
        Assert.Equal("QPL5M3wAo_Yl_4EE2r2y0fDowaLpkNioqJQWNF8YI-E", DocumentHashes.Hash([.. Enumerable.Range(0, 32).Select(i => (byte)i)], "1990-05-14", "KUMARI SUNITA TAMANG"));
        var read = new DocumentRead(["SUNITA TAMANG"], "1990");
        Assert.NotEqual(read.Hash().Names[0][0], read.Hash().Names[0][0]);
    }
}
