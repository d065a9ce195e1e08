using Identity.Hosting;
using Identity.Issuer.AccessLog;
using Identity.Issuer.Data;
using Identity.Issuer.Issuance;
using Identity.Issuer.Organisations;
using Microsoft.EntityFrameworkCore;

namespace Identity.Issuer.Exports;

/// <summary>How the exports of an organisation stand.</summary>
/// <param name="Newest">The one that was asked for last; null where nobody did, or its time is over.</param>
/// <param name="Made">The newest whose file is there; the same, or one from before.</param>
public sealed record ExportStanding(OrganisationExport? Newest, OrganisationExport? Made);

/// <summary>Asks for exports and gives their files.</summary>
public sealed class ExportDesk(IssuerDb db, ExportSettings settings, TimeProvider clock)
{
    /// <summary>How the exports of an organisation stand.</summary>
    public async Task<ExportStanding> FindAsync(Organisation organisation, CancellationToken ct)
    {
        var rows = await db.Exports.AsNoTracking().Where(e => e.Organisation == organisation.Slug).OrderByDescending(e => e.Id).ToListAsync(ct);
        return new ExportStanding(rows.FirstOrDefault(), rows.FirstOrDefault(e => e.State == ExportState.Made && IsHere(e)));
    }

    /// <summary>Asks for a new one; <see cref="ExportWorker"/> makes it. While one waits or is being made, that one is meant.</summary>
    public async Task<OrganisationExport> AskAsync(Organisation organisation, Actor actor, CancellationToken ct)
    {
        await using var turn = await db.Database.BeginExclusiveAsync(organisation.Slug, ct);
        if (await db.Exports.AsNoTracking().FirstOrDefaultAsync(e => e.Organisation == organisation.Slug && (e.State == ExportState.Waiting || e.State == ExportState.Making), ct) is { } open) return open;
        var export = new OrganisationExport { Organisation = organisation.Slug, AskedBy = actor.ToString(), AskedAt = clock.GetUtcNow() };
        db.Exports.Add(export);
        db.Log(organisation.Slug, null, actor, "export_asked", clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
        return export;
    }

    /// <summary>Opens the newest file, and writes down who took it; null where there is none. The caller closes it.</summary>
    public async Task<(OrganisationExport Export, FileStream File)?> OpenAsync(Organisation organisation, Actor actor, CancellationToken ct)
    {
        if ((await FindAsync(organisation, ct)).Made is not { } made) return null;
        FileStream file;
        try
        {
            file = new FileStream(settings.FileOf(made), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 * 1024, FileOptions.Asynchronous);
        }
        catch (FileNotFoundException)
        {
            return null; // a newer one has just taken its place
        }
        db.Log(organisation.Slug, null, actor, "export_taken", clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        return (made, file);
    }

    /// <summary>How the file is called where it is saved.</summary>
    public static string FileName(OrganisationExport made) => FormattableString.Invariant($"{made.Organisation}-{made.Content!.AsOf.UtcDateTime:yyyyMMdd-HHmm}.idexit");

    // Not where another copy of the service made it and shares no folder with this one, nor where a power cut took a part of it.
    private bool IsHere(OrganisationExport made) => new FileInfo(settings.FileOf(made)) is { Exists: true } file && file.Length == made.Content!.Size;
}
