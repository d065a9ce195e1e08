using Identity.Credentials.Dcql;
using Identity.Credentials.Verdicts;
using Identity.Verifier.Policies;
using Identity.Verifier.Receipts;
using Identity.Verifier.Results;

namespace Identity.Verifier.Presentations;

/// <summary>Checks everything that was asked again: a query is only advice to a wallet (OpenID4VP 1.0, section 8.6).</summary>
public sealed class AnswerExaminer(Examiner examiner, RequestObject requests, VerdictRecorder recorder, ReceiptMaker receipts)
{
    /// <summary>One verdict for each presentation, then what can be said of their holders.</summary>
    public async Task<PresentationState.Answered> ExamineAsync(Presentation presentation, WalletAnswer.Presented answer, string? responseCode, CancellationToken ct)
    {
        var complete = DcqlCheck.IsComplete(presentation.Query, answer.VpToken.Keys.ToHashSet(StringComparer.Ordinal), out _);
        var verdicts = new List<PresentedVerdict>();
        var examined = new List<Examined>();
        foreach (var (id, texts) in answer.VpToken)
        {
            foreach (var text in texts)
            {
                var result = await examiner.OnlineAsync(text, presentation.Query.Find(id)!, complete, presentation.Nonce, requests.ClientId(presentation), ct);
                recorder.Record(result.Verdict, Way.Online, presentation.Question.Template);
                examined.Add(result);
                verdicts.Add(new PresentedVerdict(id, VerdictView.Of(result.Verdict, receipts.Make(text, result.Verdict, InquiryOf(presentation, id))), presentation.Question.Template is Template.Evaluation ? result.Status : null));
            }
        }
        var holders = NameComparison.Compare([.. examined.Select(e => e.Verdict)], [.. examined.Select(e => e.HolderKey)]);
        var links = OriginalLink.Compare([.. verdicts.Zip(examined, (view, result) => (view.Id, result.Verdict))]);
        return new PresentationState.Answered(verdicts, holders, links, responseCode);
    }

    private static Inquiry InquiryOf(Presentation presentation, string id) => new(presentation.Asker, presentation.Question.Purpose,
        [.. presentation.Query.Find(id)!.Claims.Select(claim => claim.Path.Segments[0] as string).OfType<string>().Distinct()]);
}
