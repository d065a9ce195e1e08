using System.Globalization;
using Identity.Credentials.Accreditation;
using Identity.Credentials.Types;
using Identity.Issuer.Accreditations;
using Identity.Issuer.Organisations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Identity.Issuer.Console;

/// <summary>The form of a grant, as typed.</summary>
public sealed class GrantForm
{
    /// <summary>Id of the organisation that is entitled, 64 hexadecimal digits.</summary>
    public string? Holder { get; set; }

    /// <summary>Number of the accreditation of one's own under which this stands.</summary>
    public ulong Under { get; set; }

    /// <summary>It may issue.</summary>
    public bool Issue { get; set; }

    /// <summary>It may entitle others.</summary>
    public bool Accredit { get; set; }

    /// <summary>Short names of types; none for every type.</summary>
    public List<string> Types { get; set; } = [];

    /// <summary>Lowest level of the European framework.</summary>
    public string? EqfFrom { get; set; }

    /// <summary>Highest level of it.</summary>
    public string? EqfUntil { get; set; }

    /// <summary>Name of a national framework.</summary>
    public string? Framework { get; set; }

    /// <summary>Lowest level of it.</summary>
    public string? NqfFrom { get; set; }

    /// <summary>Highest level of it.</summary>
    public string? NqfUntil { get; set; }

    /// <summary>ISCED-F codes, between spaces or commas.</summary>
    public string? Fields { get; set; }

    /// <summary>ISCO-08 codes, likewise.</summary>
    public string? Occupations { get; set; }

    /// <summary>Countries of two capital letters, likewise.</summary>
    public string? Jurisdictions { get; set; }

    /// <summary>The whole in English words.</summary>
    public string? Label { get; set; }

    /// <summary>The first day, UTC; empty for now.</summary>
    public string? From { get; set; }

    /// <summary>The last day, UTC; empty for no end.</summary>
    public string? Until { get; set; }

    /// <summary>The scope that was shown before this was sent, by its id.</summary>
    public string? Seen { get; set; }

    /// <summary>The word of confirmation.</summary>
    public string? Word { get; set; }
}

/// <summary>The organisation's accreditations as the ledger has them, what it granted, and a form to grant.</summary>
public sealed class AccreditationsModel(Desk desk, AskAccreditation ask, ChainRecord record) : PageModel
{
    /// <summary>The chain's accreditations; null where the ledger cannot be read now.</summary>
    public ChainTree? Tree { get; private set; }

    /// <summary>This organisation's id.</summary>
    public byte[] Id { get; } = desk.Organisation.Profile.Id();

    /// <summary>What was asked for and is not done, newest first.</summary>
    public IReadOnlyList<AccreditationAct> Waiting { get; private set; } = [];

    /// <summary>What was typed.</summary>
    [BindProperty]
    public GrantForm Form { get; set; } = new();

    /// <summary>The field that cannot be used; a word of <c>accreditation.error.WORD</c>.</summary>
    public string? Wrong { get; private set; }

    /// <summary>The scope as it would be written, once it was asked for.</summary>
    public Scope? Shown { get; private set; }

    /// <summary>One's own accreditations that let entitle others, in force.</summary>
    public IEnumerable<ChainLink> Usable => Tree!.HeldBy(Id).Where(l => l.Right.HasFlag(AccreditationRight.Accredit) && Tree.InForce(l.Number, desk.Now));

    /// <summary>Shows them.</summary>
    public async Task OnGetAsync(CancellationToken ct) => await LoadAsync(ct);

    /// <summary>Shows the text of the scope before anything is signed.</summary>
    public Task<IActionResult> OnPostShowAsync(CancellationToken ct) => TryAsync(trial: true, ct);

    /// <summary>Asks that it be written. What is written is what was shown.</summary>
    public Task<IActionResult> OnPostAsync(CancellationToken ct) => TryAsync(trial: false, ct);

    private async Task<IActionResult> TryAsync(bool trial, CancellationToken ct)
    {
        if (Read() is { } wish)
        {
            var seen = Convert.ToHexStringLower(wish.Scope.Fault() is null ? wish.Scope.Id() : []);
            if (!trial && (Form.Seen != seen || Form.Word?.Trim() != desk.Organisation.Slug)) (Wrong, trial) = ("word", true);
            var asked = await ask.GrantAsync(desk.Organisation, wish, desk.Actor, trial, ct);
            if (asked is AccreditationAsked.Begun && !trial) return Redirect("/console/accreditations");
            if (asked is AccreditationAsked.Begun) (Shown, Form.Seen) = (wish.Scope, seen);
            if (asked is AccreditationAsked.Refused refused) Wrong = refused.Field;
            if (asked is AccreditationAsked.NoLedger) Wrong = "ledger";
        }
        if (Wrong is not null) Response.StatusCode = StatusCodes.Status400BadRequest;
        ModelState.Clear(); // the form shows what this request made of it
        await LoadAsync(ct);
        return Page();
    }

    private Wish? Read()
    {
        LevelRange? eqf = null;
        Dictionary<string, LevelRange>? nqf = null;
        if (Given(Form.EqfFrom) || Given(Form.EqfUntil))
        {
            if (!Level(Form.EqfFrom, Form.EqfUntil, out eqf)) return Refuse("eqf");
        }
        if (Given(Form.Framework) || Given(Form.NqfFrom) || Given(Form.NqfUntil))
        {
            if (!Given(Form.Framework) || !Level(Form.NqfFrom, Form.NqfUntil, out var level)) return Refuse("nqf");
            nqf = new(StringComparer.Ordinal) { [Form.Framework!.Trim()] = level! };
        }
        if (!Day(Form.From, out var from)) return Refuse("from");
        if (!Day(Form.Until, out var until)) return Refuse("until");
        var right = (Form.Issue ? AccreditationRight.Issue : 0) | (Form.Accredit ? AccreditationRight.Accredit : 0);
        var types = Form.Types.Select(name => TypeDefinition.Find(name)?.Vct).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList();
        // The day that was named is the last one.
        return new Wish(Form.Holder, Form.Under, right,
            new Scope(types.Count == 0 ? null : types, null, eqf, nqf, Codes(Form.Fields), Codes(Form.Occupations), Codes(Form.Jurisdictions), null, Given(Form.Label) ? new Dictionary<string, string> { ["en"] = Form.Label!.Trim() } : null),
            from, until?.AddDays(1));
    }

    private Wish? Refuse(string field)
    {
        Wrong = field;
        return null;
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        await desk.LoadNamesAsync(ct);
        Tree = await record.TryReadAsync(ct) is { } events ? new ChainTree(events) : null;
        Waiting = [.. (await ask.ListAsync(desk.Organisation, ct)).Where(a => a.State is not AccreditationActState.Done)];
    }

    private static bool Given(string? text) => !string.IsNullOrWhiteSpace(text);

    private static bool Level(string? from, string? until, out LevelRange? range)
    {
        range = int.TryParse(from?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var low) && int.TryParse(until?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var high) ? new LevelRange(low, high) : null;
        return range is not null;
    }

    private static bool Day(string? text, out DateTimeOffset? day)
    {
        day = Given(text) ? StolenKeyModel.Parse(text) : null;
        return day is not null || !Given(text);
    }

    private static List<string>? Codes(string? text) => Given(text) ? [.. text!.Split([' ', ',', ';', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries).Distinct().Order(StringComparer.Ordinal)] : null;
}

/// <summary>Takes an accreditation back that the organisation granted.</summary>
public sealed class WithdrawAccreditationModel(Desk desk, AskAccreditation ask, ChainRecord record) : PageModel
{
    /// <summary>The accreditation; null where the organisation granted none of this number, or the ledger cannot be read.</summary>
    public ChainLink? Link { get; private set; }

    /// <summary>The ledger cannot be read now.</summary>
    public bool NoLedger { get; private set; }

    /// <summary>From which day it does not hold, as typed; empty for now.</summary>
    public string At { get; private set; } = "";

    /// <summary>Why, as typed.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>The field that cannot be used.</summary>
    public string? Wrong { get; private set; }

    /// <summary>Shows it.</summary>
    public async Task<IActionResult> OnGetAsync(ulong number, CancellationToken ct) => await ShowAsync(number, ct);

    /// <summary>Does it.</summary>
    public async Task<IActionResult> OnPostAsync(ulong number, string? at, string? reason, string? word, CancellationToken ct)
    {
        (At, Reason) = (at?.Trim() ?? "", reason ?? "");
        var day = StolenKeyModel.Parse(At);
        if (At.Length > 0 && day is null) Wrong = "at";
        else if (word?.Trim() != desk.Organisation.Slug) Wrong = "word";
        else
        {
            switch (await ask.WithdrawAsync(desk.Organisation, number, day <= desk.Now && desk.Now < day?.AddDays(1) ? null : day, reason, desk.Actor, ct))
            {
                case AccreditationAsked.Begun: return Redirect("/console/accreditations");
                case AccreditationAsked.Refused refused: Wrong = refused.Field; break;
                case AccreditationAsked.NoLedger: Wrong = "ledger"; break;
            }
        }
        return await ShowAsync(number, ct, StatusCodes.Status400BadRequest);
    }

    private async Task<IActionResult> ShowAsync(ulong number, CancellationToken ct, int status = StatusCodes.Status200OK)
    {
        var events = await record.TryReadAsync(ct);
        NoLedger = events is null;
        Link = events is null ? null : new ChainTree(events).GrantedBy(desk.Organisation.Profile.Id()).FirstOrDefault(l => l.Number == number);
        Response.StatusCode = Link is null && !NoLedger ? StatusCodes.Status404NotFound : status;
        return Page();
    }
}
