namespace Identity.Hosting;

internal static class Placeholder;
