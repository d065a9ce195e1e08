using Microsoft.Playwright;

namespace Identity.Journeys.Tests.Tour;

/// <summary>What is done at each page of a tour; the page is ready and named.</summary>
internal delegate Task Stop(IPage page, string name);
