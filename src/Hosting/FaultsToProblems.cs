using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Identity.Hosting;

/// <summary>Turns the few exceptions that mean something to a client into problem details: a lost race, a body that cannot be read.</summary>
internal sealed partial class FaultsToProblems(IProblemDetailsService problems, ILogger<FaultsToProblems> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext http, Exception fault, CancellationToken cancellationToken)
    {
        var (status, title, detail) = fault switch
        {
            BadHttpRequestException { StatusCode: 413 } => (413, "Too large", "The request is larger than this endpoint accepts."),
            BadHttpRequestException { InnerException: JsonException json } => (400, "Malformed JSON", $"The body is not the JSON object expected here (line {json.LineNumber + 1}, byte {json.BytePositionInLine + 1}, member {json.Path})."),
            BadHttpRequestException bad => (bad.StatusCode, "Bad request", bad.Message),
            DbUpdateConcurrencyException => (409, "Changed meanwhile", "Somebody changed this record at the same moment. Load it again and repeat the step."),
            _ => (500, "Fault", "Something broke on our side. Nothing was half-written; try again."),
        };
        if (status == 500) LogFault(log, http.Request.Method, (http.GetEndpoint()?.DisplayName) ?? "unmatched", fault);

        http.Response.StatusCode = status;
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = http,
            ProblemDetails = { Status = status, Title = title, Detail = detail },
        });
    }

    // The route, never the path: a path can hold an identifier.
    [LoggerMessage(Level = LogLevel.Error, Message = "Fault in {Method} {Route}")]
    private static partial void LogFault(ILogger log, string method, string route, Exception fault);
}
