using Identity.Credentials.StatusList;
using Identity.Issuer.Data;
using Identity.Issuer.Status;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Identity.Issuer.Tests;

public sealed class RecoverLogTests : IClassFixture<IssuerFixture>
{
    private readonly IssuerFixture _issuer;

    public RecoverLogTests(IssuerFixture issuer) => _issuer = issuer;

    [Fact]
    public async Task After_a_backup_was_put_back_no_list_that_exists_or_may_exist_gives_an_index()
    {
        await using var scope = _issuer.App.Services.CreateAsyncScope();
        var (db, take) = (scope.ServiceProvider.GetRequiredService<IssuerDb>(), scope.ServiceProvider.GetRequiredService<TakeIndices>());
        await take.RunAsync("with-a-list", "before", 3, default);
        await db.SaveChangesAsync();
        db.ChangeTracker.Clear();

        await RecoverLog.CloseListsAsync(db, ["with-a-list", "without-a-list"]);
        db.ChangeTracker.Clear();

        foreach (var (organisation, last) in new[] { ("with-a-list", 1), ("without-a-list", 0) })
        {
            var given = await take.RunAsync(organisation, "after", 3, default);
            await db.SaveChangesAsync();
            Assert.All(given, entry => Assert.True(entry.List > last + StatusListNumbers.MaxGap));
        }
        Assert.All(await db.StatusLists.Where(l => l.Organisation == "with-a-list" && l.Number == 1).ToListAsync(), list => Assert.Equal(list.Size, list.Taken));
    }

    [Fact]
    public async Task A_log_is_not_recovered_from_what_is_no_address() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => RecoverLog.RunAsync("nonsense", TextWriter.Null, _ => Task.CompletedTask));
}
