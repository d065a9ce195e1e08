using System.Globalization;
using Identity.Credentials.Accreditation;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Host.Network;

/// <summary>One thing that those who govern the registry can decide: how it is typed, what is sent, and what somebody who is asked to approve it reads.</summary>
/// <param name="Name">The word on the command line.</param>
/// <param name="Usage">What follows it.</param>
/// <param name="Signature">The contract's function.</param>
/// <param name="OfItself">It changes the governance, not the registry.</param>
/// <param name="Encode">The arguments from what was typed; throws <see cref="FormatException"/> with a sentence.</param>
/// <param name="Describe">The arguments in words.</param>
internal sealed record GovernanceAct(string Name, string Usage, string Signature, bool OfItself, Func<string[], AbiValue[]> Encode, Func<AbiReader, string> Describe)
{
    /// <summary>What is proposed.</summary>
    /// <exception cref="FormatException">What was typed is not of its form.</exception>
    public byte[] Call(string[] words)
    {
        var (least, most) = (Usage.Split(' ').Count(word => !word.StartsWith('[')), Usage.Split(' ').Length);
        if (words.Length < least || words.Length > most) throw new FormatException($"Call: {Name} {Usage}");
        return Abi.Call(Signature, Encode(words));
    }
}

/// <summary>Every act of governance.</summary>
internal static class GovernanceActs
{
    private const int MaxFile = 64 * 1024;

    public static readonly IReadOnlyList<GovernanceAct> All =
    [
        new("register-organisation", "PROFILE-FILE ACCOUNT ROLES", "registerOrganisation(bytes32,address,uint8,string)", false,
            words =>
            {
                var profile = Profile(words[0]);
                return [AbiValue.Bytes32(profile.Id()), Account(words[1]), AbiValue.Uint((int)Roles(words[2])), AbiValue.Text(profile.Canonical())];
            },
            read => $"organisation {Id(read)}, account {read.Address()}, roles {(OrganisationRoles)read.Uint64(31)}, profile {read.Text()}"),
        new("change-organisation", "ID ACCOUNT ROLES", "changeOrganisation(bytes32,address,uint8)", false,
            words => [Hash(words[0]), Account(words[1]), AbiValue.Uint((int)Roles(words[2]))],
            read => $"organisation {Id(read)}, account {read.Address()}, roles {(OrganisationRoles)read.Uint64(31)}"),
        new("change-supervision", "ID NUMBER", "changeSupervision(bytes32,uint64)", false,
            words => [Hash(words[0]), AbiValue.Uint(Number(words[1]))],
            read => $"organisation {Id(read)} is supervised by its accreditation {read.Uint64()}"),
        new("admit-root", "ID SCOPE-FILE accredit|issue-and-accredit [UNTIL]", "admitRoot(bytes32,uint8,string,uint64,uint64)", false,
            words => [Hash(words[0]), AbiValue.Uint((int)Right(words[2])), AbiValue.Text(ScopeOf(words[1]).Canonical()), AbiValue.Uint(0), AbiValue.Uint(words.Length > 3 ? Seconds(words[3]) + Day : 0)],
            read => $"organisation {Id(read)} is a root authority with the right to {(AccreditationRight)read.Uint64(3)}, scope {read.Text()}, {Span(read.Uint64(), read.Uint64())}"),
        new("withdraw", "NUMBER DAY", "withdraw(uint64,uint64)", false,
            words => [AbiValue.Uint(Number(words[0])), AbiValue.Uint(Seconds(words[1]))],
            read => $"accreditation {read.Uint64()}, and all below it, not from {Date(read.Uint64())} on"),
        new("register-log", "ORIGIN OPERATOR KEY", "registerLog(bytes32,address,bytes32,string)", false,
            words => [AbiValue.Bytes32(RegistryClient.LogId(words[0])), Account(words[1]), Hash(words[2]), AbiValue.Text(words[0])],
            read => $"log {Id(read)}, operator {read.Address()}, key {Id(read)}, origin {read.Text()}"),
        new("change-log", "ORIGIN OPERATOR KEY", "changeLog(bytes32,address,bytes32)", false,
            words => [AbiValue.Bytes32(RegistryClient.LogId(words[0])), Account(words[1]), Hash(words[2])],
            read => $"log {Id(read)}, operator {read.Address()}, key {Id(read)}"),
        new("end-key", "ID THUMBPRINT DAY retired|compromised", "endKey(bytes32,bytes32,uint64,uint8)", false,
            words => [Hash(words[0]), Hash(words[1]), AbiValue.Uint(Seconds(words[2])), AbiValue.Uint((int)Ending(words[3]))],
            read => $"key of organisation {Id(read)}, thumbprint {Id(read)}, from {Date(read.Uint64())} on {(KeyEnding)read.Uint64(2)}"),
        new("close", "ID STATEMENT-FILE [DEPOSITARY]", "closeOrganisation(bytes32,bytes32,string)", false,
            words => [Hash(words[0]), words.Length > 2 ? Hash(words[2]) : AbiValue.Bytes32(new byte[32]), AbiValue.Text(ReadFile(words[1]))],
            read => $"organisation {Id(read)} closes, depositary {Id(read)}, statement {read.Text()}"),
        new("undo-closing", "ID", "undoClosing(bytes32)", false, words => [Hash(words[0])], read => $"organisation {Id(read)} is not closed after all"),
        new("name-depositary", "ID DEPOSITARY", "nameDepositary(bytes32,bytes32)", false, words => [Hash(words[0]), Hash(words[1])], read => $"organisation {Id(read)}, depositary {Id(read)}"),
        new("change-members", "ACCOUNT,ACCOUNT,… THRESHOLD", "changeMembers(address[],uint8)", true,
            words => [AbiValue.Addresses(Accounts(words[0])), AbiValue.Uint(Number(words[1]))],
            read => $"{string.Join(", ", read.Addresses(32))} govern, {read.Uint64(32)} of them together"),
    ];

    private const ulong Day = 24 * 60 * 60;

    /// <summary>A proposed call in words; null for one that this version cannot read.</summary>
    public static string? Describe(byte[] call)
    {
        if (call.Length < 4 || All.FirstOrDefault(a => call.AsSpan(0, 4).SequenceEqual(Abi.Selector(a.Signature))) is not { } act) return null;
        var read = new AbiReader(call[4..], act.Signature.Count(c => c == ',') + 1);
        var words = act.Describe(read);
        return read.Finish() ? $"{act.Name}: {words}" : null;
    }

    /// <summary>Addresses separated by commas.</summary>
    /// <exception cref="FormatException">One is none.</exception>
    public static IReadOnlyList<Address> Accounts(string text) => [.. text.Split(',').Select(AddressOf)];

    /// <summary>64 digits of an organisation's id.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static byte[] IdOf(string hex)
    {
        var digits = hex.StartsWith("0x", StringComparison.Ordinal) ? hex[2..] : hex;
        return digits.Length == 64 && digits.All(char.IsAsciiHexDigit) ? Convert.FromHexString(digits) : throw new FormatException($"“{hex}” is not 64 hexadecimal digits.");
    }

    /// <summary>What an accreditor may give: the right to issue, to accredit, or both.</summary>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static AccreditationRight RightOf(string text) => text == "issue" ? AccreditationRight.Issue : text is "accredit" or "issue-and-accredit" ? Right(text) : throw new FormatException($"“{text}” is no right: issue, accredit, issue-and-accredit.");

    /// <summary>The beginning of a day, UTC.</summary>
    /// <exception cref="FormatException">It is no day.</exception>
    public static DateTimeOffset StartOf(string day) => DateTimeOffset.FromUnixTimeSeconds((long)Seconds(day));

    /// <summary>The end of a day.</summary>
    /// <exception cref="FormatException">It is no day.</exception>
    public static DateTimeOffset EndOf(string day) => DateTimeOffset.FromUnixTimeSeconds((long)(Seconds(day) + Day));

    private static string Id(AbiReader read) => Convert.ToHexStringLower(read.Bytes32());

    private static string Span(ulong from, ulong until) => $"from {(from == 0 ? "now" : Date(from))} {(until == 0 ? "without end" : $"until {Date(until)}")}";

    private static string Date(ulong seconds) => seconds > 253402300799 ? "NO TIME" : DateTimeOffset.FromUnixTimeSeconds((long)seconds).ToString("u", CultureInfo.InvariantCulture);

    private static AbiValue Hash(string hex) => AbiValue.Bytes32(IdOf(hex));

    private static AbiValue Account(string text) => AbiValue.Address(AddressOf(text));

    private static Address AddressOf(string text) => Address.TryParse(text, out var address) ? address : throw new FormatException($"“{text}” is no address of an account.");

    private static ulong Number(string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"“{text}” is no number.");

    private static ulong Seconds(string day) => DateTime.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date) && date.Year is >= 1970 and < 9999
        ? (ulong)new DateTimeOffset(date).ToUnixTimeSeconds() : throw new FormatException($"“{day}” is no day as 2027-12-31.");

    private static OrganisationRoles Roles(string text)
    {
        var roles = OrganisationRoles.None;
        foreach (var word in text.Split(','))
            roles |= word switch
            {
                "issuer" => OrganisationRoles.Issuer, "accreditor" => OrganisationRoles.Accreditor, "log-operator" => OrganisationRoles.LogOperator,
                "verifier-authority" => OrganisationRoles.VerifierAuthority, "depositary" => OrganisationRoles.Depositary,
                _ => throw new FormatException($"“{word}” is no role: issuer, accreditor, log-operator, verifier-authority, depositary."),
            };
        return roles;
    }

    private static AccreditationRight Right(string text) => text switch
    {
        "accredit" => AccreditationRight.Accredit,
        "issue-and-accredit" => AccreditationRight.Issue | AccreditationRight.Accredit,
        _ => throw new FormatException($"“{text}” is no right of a root authority: accredit, issue-and-accredit."),
    };

    private static KeyEnding Ending(string text) => text switch
    {
        "retired" => KeyEnding.Retired,
        "compromised" => KeyEnding.Compromised,
        _ => throw new FormatException($"“{text}” is no end of a key: retired, compromised."),
    };

    /// <summary>The profile in a file.</summary>
    /// <exception cref="FormatException">It is none; the reason says why.</exception>
    public static OrganisationProfile Profile(string file) => OrganisationProfile.TryParse(ReadFile(file), out var profile, out var reason) ? profile : throw new FormatException($"{file}: {reason}.");

    /// <summary>The scope in a file.</summary>
    /// <exception cref="FormatException">It is none; the reason says why.</exception>
    public static Scope ScopeOf(string file) => Scope.TryParse(ReadFile(file), out var scope, out var reason) ? scope : throw new FormatException($"{file}: {reason}.");

    // The line end that editors put behind the last line is not part of it.
    private static string ReadFile(string file) => !File.Exists(file) ? throw new FormatException($"There is no file {file}.")
        : new FileInfo(file).Length > MaxFile ? throw new FormatException($"{file} is too long.") : File.ReadAllText(file).TrimEnd('\r', '\n');
}
