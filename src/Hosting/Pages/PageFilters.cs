using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Core.Infrastructure;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace Identity.Hosting.Pages;

/// <summary>Keeps a language that was chosen with <c>?lang</c>.</summary>
internal sealed class RememberLanguage : IPageFilter
{
    public void OnPageHandlerSelected(PageHandlerSelectedContext context)
    {
        var wish = context.HttpContext.Request.Query["lang"].ToString();
        if (Strings.Languages.Contains(wish))
            context.HttpContext.Response.Cookies.Append("lang", wish, new CookieOptions { MaxAge = TimeSpan.FromDays(365), SameSite = SameSiteMode.Lax, IsEssential = true });
    }

    public void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
    }

    public void OnPageHandlerExecuted(PageHandlerExecutedContext context)
    {
    }
}

/// <summary>
/// A page is read, answers what else it has a handler for, and takes forms. Without this, any other method would draw the page with nothing loaded,
/// and any other body would break where a page reads its form.
/// </summary>
internal sealed class OnlyHandledMethods : IPageFilter
{
    public void OnPageHandlerSelected(PageHandlerSelectedContext context)
    {
    }

    public void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        var method = context.HttpContext.Request.Method;
        if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method)) return;
        if (context.HandlerMethod is null) context.Result = new StatusCodeResult(StatusCodes.Status405MethodNotAllowed);
        else if (!context.HttpContext.Request.HasFormContentType) context.Result = new StatusCodeResult(StatusCodes.Status415UnsupportedMediaType);
        else if (context.ModelState.TryGetValue("", out var form) && form.Errors.Count > 0) context.Result = new StatusCodeResult(StatusCodes.Status400BadRequest); // it could not be read
    }

    public void OnPageHandlerExecuted(PageHandlerExecutedContext context)
    {
    }
}

/// <summary>Says in words that a form had no valid token: it was open too long, or another site sent it. Nothing was done.</summary>
internal sealed class ExpiredForm(string view) : IAlwaysRunResultFilter
{
    public void OnResultExecuting(ResultExecutingContext context)
    {
        if (context.Result is not IAntiforgeryValidationFailedResult) return;
        context.Result = new ViewResult
        {
            ViewName = view,
            StatusCode = StatusCodes.Status400BadRequest,
            ViewData = new ViewDataDictionary(new EmptyModelMetadataProvider(), new ModelStateDictionary()),
        };
    }

    public void OnResultExecuted(ResultExecutedContext context)
    {
    }
}
