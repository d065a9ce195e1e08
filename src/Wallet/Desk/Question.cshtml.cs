using Identity.Hosting;
using Identity.Wallet.Mandates;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;

namespace Identity.Wallet.Desk;

/// <summary>A question, read aloud; the person's yes, with PIN or card; and the answer.</summary>
[EnableRateLimiting(Limits.Secrets)]
public sealed class QuestionModel(DeskView desk) : SittingPage
{
    internal PutQuestion? Asked { get; private set; }

    /// <summary>Shows question or answer.</summary>
    public IActionResult OnGet(string question) => (Asked = Find(question)) is null ? Redirect(Home) : Covered(MandateScope.Show);

    /// <summary>The person says yes.</summary>
    public async Task<IActionResult> OnPostAsync(string question, string? said, string[] agreed, string? card, string? pin, string? cardText, CancellationToken ct)
    {
        if ((Asked = Find(question)) is null) return Redirect(Home);
        if (said != "yes") return Refuse("not_said");
        if (!await IsThereAsync(pin, cardText, ct)) return Refuse("not_there");
        return await HttpContext.RequestServices.GetRequiredService<ShowForPerson>().AnswerAsync(desk.Seat, Sitting, question, agreed, card, ct) is { } refusal ? Refuse(refusal) : Redirect($"{Home}/questions/{question}");
    }

    private PutQuestion? Find(string id) => Sitting.Question is { } question && question.Id == id ? question : null;
}
