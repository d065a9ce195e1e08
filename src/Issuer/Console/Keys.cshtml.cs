using System.Globalization;
using Identity.Issuer.Keys;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Console;

/// <summary>The organisation's signing keys: which signs now, and since when; a new one on request.</summary>
public sealed class KeysModel(Desk desk, RotateKeys rotate) : PageModel
{
    /// <summary>The keys, newest first, with the number of copies each has signed.</summary>
    public IReadOnlyList<(SigningKeyRow Key, int Signed)> Keys { get; private set; } = [];

    /// <summary>A new key is on its way.</summary>
    public bool UnderWay => Keys.Any(k => k.Key.Waits);

    /// <summary>Nothing can be signed now.</summary>
    public bool Stopped => Keys.Count > 0 && !IsNew && !Keys.Any(k => k.Key.Signs);

    /// <summary>Nothing was signed yet: the ledger does not know the first key.</summary>
    public bool IsNew => Keys.Count > 0 && Keys.All(k => k.Key.Waits);

    /// <summary>Something is still to happen.</summary>
    public bool Moving => Keys.Any(k => k.Key.Waits || (k.Key.SignsUntil is not null && k.Key.EndedAt is null));

    /// <summary>Changes whenever the page would, the count of signatures left aside.</summary>
    public string Mark => MarkOf(Keys.Select(k => k.Key));

    /// <summary>The confirmation was not the organisation's short name.</summary>
    public bool WrongWord { get; private set; }

    /// <summary>The day until which the old key stays good, as typed: <c>2026-12-31</c>, UTC.</summary>
    public string Until { get; private set; } = "";

    /// <summary>That day cannot be used.</summary>
    public bool WrongDate { get; private set; }

    /// <summary>A new key was on its way already.</summary>
    public bool TooLate { get; private set; }

    internal static string MarkOf(IEnumerable<SigningKeyRow> keys) => string.Join('.', keys.Select(k => k.Version)) + string.Concat(keys.Select(k => k.OnLedgerAt is null ? 'n' : k.EndedAt is null ? 'l' : 'e'));

    /// <summary>Shows the keys.</summary>
    public async Task OnGetAsync(CancellationToken ct) => await LoadAsync(ct);

    /// <summary>Begins a rotation.</summary>
    public async Task<IActionResult> OnPostAsync(string? word, string? until, CancellationToken ct)
    {
        Until = until?.Trim() ?? "";
        WrongWord = word?.Trim() != desk.Organisation.Slug;
        // The whole of the day that was named.
        var end = StolenKeyModel.Parse(Until)?.AddDays(1);
        WrongDate = Until.Length > 0 && end is null;
        if (!WrongWord && !WrongDate)
        {
            var act = await TryAsync(() => rotate.RotateAsync(desk.Organisation, end, desk.Actor, ct));
            if (act is KeyAct.Begun) return Redirect("/console/keys");
            (WrongDate, TooLate) = (act is KeyAct.DateNotPossible, act is not KeyAct.DateNotPossible);
        }
        Response.StatusCode = TooLate ? StatusCodes.Status409Conflict : StatusCodes.Status400BadRequest;
        await LoadAsync(ct);
        return Page();
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        await desk.LoadNamesAsync(ct);
        var keys = new List<(SigningKeyRow, int)>();
        foreach (var key in await rotate.ListAsync(desk.Organisation, ct)) keys.Add((key, await rotate.SignedAsync(key, ct)));
        Keys = keys;
    }

    internal static async Task<KeyAct> TryAsync(Func<Task<KeyAct>> act)
    {
        try
        {
            return await act();
        }
        catch (DbUpdateConcurrencyException)
        {
            return KeyAct.AlreadyUnderWay; // the worker took a step at the same moment; the page shows what holds now
        }
    }
}

/// <summary>A key that was stolen: what follows, and the act itself.</summary>
public sealed class StolenKeyModel(Desk desk, RotateKeys rotate) : PageModel
{
    private const int PageSize = 100;

    /// <summary>The key; null where the organisation has none of this thumbprint.</summary>
    public SigningKeyRow? Key { get; private set; }

    /// <summary>Since when, as typed: <c>2026-11-20T14:30</c>, UTC.</summary>
    public string Since { get; private set; } = "";

    /// <summary>What follows, for the time typed; null before a time was given.</summary>
    public Consequences? Follows { get; private set; }

    /// <summary>How many credentials of each type are to be issued again.</summary>
    public IReadOnlyList<(string Type, int Count)> Types { get; private set; } = [];

    /// <summary>The oldest hundred of them by file number, for those who issue them again: an administrator reads no names.</summary>
    public IReadOnlyList<AffectedLine> Affected { get; private set; } = [];

    /// <summary>The time cannot be used.</summary>
    public bool WrongDate { get; private set; }

    /// <summary>The confirmation was not the organisation's short name.</summary>
    public bool WrongWord { get; private set; }

    /// <summary>The earliest time that the organisation may state.</summary>
    public DateTimeOffset? Earliest { get; private set; }

    /// <summary>Shows the question, or what followed.</summary>
    public async Task<IActionResult> OnGetAsync(string thumbprint, string? since, CancellationToken ct) => await ShowAsync(thumbprint, since, ct);

    /// <summary>Does it.</summary>
    public async Task<IActionResult> OnPostAsync(string thumbprint, string? since, string? word, CancellationToken ct)
    {
        WrongWord = word?.Trim() != desk.Organisation.Slug;
        if (!WrongWord && Parse(since) is { } time)
        {
            var act = await KeysModel.TryAsync(() => rotate.StolenAsync(desk.Organisation, thumbprint, time, desk.Actor, ct));
            if (act is KeyAct.Begun) return Redirect("/console/keys");
            WrongDate = act is KeyAct.DateNotPossible;
        }
        return await ShowAsync(thumbprint, since, ct, StatusCodes.Status400BadRequest);
    }

    private async Task<IActionResult> ShowAsync(string thumbprint, string? since, CancellationToken ct, int status = StatusCodes.Status200OK)
    {
        Key = (await rotate.ListAsync(desk.Organisation, ct)).FirstOrDefault(k => k.Thumbprint == thumbprint);
        if (Key is null)
        {
            Response.StatusCode = StatusCodes.Status404NotFound;
            return Page();
        }
        Response.StatusCode = status;
        Since = since ?? "";
        var time = Key.StolenSince ?? Parse(since);
        WrongDate |= Key.StolenSince is null && time is null && (since is not null || Request.Query.ContainsKey("since")); // an empty field arrives as null
        Earliest = (await rotate.ConsequencesAsync(desk.Organisation, thumbprint, desk.Now, ct))?.Earliest;
        if (time is not { } at) return Page();
        WrongDate |= Key.StolenSince is null && (at > desk.Now || at < Earliest);
        Follows = await rotate.ConsequencesAsync(desk.Organisation, thumbprint, at, ct);
        (Types, Affected) = await rotate.AffectedAsync(Key, at, PageSize, ct);
        return Page();
    }

    // Browsers send minutes, some with seconds.
    internal static DateTimeOffset? Parse(string? text) =>
        DateTime.TryParseExact(text?.Trim(), ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) && time.Year < 9999 // the day after is a date too
            ? new DateTimeOffset(time, TimeSpan.Zero) : null;
}
