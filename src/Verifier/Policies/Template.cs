using System.Text.Json;
using System.Text.Json.Nodes;
using Identity.Credentials.Types;
using Identity.Hosting;

namespace Identity.Verifier.Policies;

/// <summary>A question that many verifiers ask, as data: its words per language and what is asked of the wallet. A new question is a new file.</summary>
public sealed record Template
{
    /// <summary>Name of the question of a recognition body, whose decision takes weeks.</summary>
    public const string Evaluation = "evaluation";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Short name, as in the API.</summary>
    public required string Name { get; init; }

    /// <summary>Words per language; further languages have theirs beside the texts of the pages (<c>questions.LANG.json</c>).</summary>
    public required IReadOnlyDictionary<string, TemplateTexts> Texts { get; init; }

    /// <summary>What is asked; every one of them is needed.</summary>
    public required IReadOnlyList<TemplateCredential> Credentials { get; init; }

    /// <summary>All templates, in the order of the page.</summary>
    public static IReadOnlyList<Template> All { get; } = Load();

    /// <summary>The template of this name, or null.</summary>
    public static Template? Find(string? name) => All.FirstOrDefault(template => template.Name == name);

    /// <summary>What is asked, with the purpose in a language, or in English.</summary>
    public Question Ask(string language) => new(
        Name,
        Texts.GetValueOrDefault(language)?.Purpose ?? Strings.For(language).Find($"questions.{Name}.purpose") ?? Texts["en"].Purpose,
        [.. Credentials.Select(credential => credential.Ask())]);

    private static List<Template> Load()
    {
        var assembly = typeof(Template).Assembly;
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("templates/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                return JsonSerializer.Deserialize<Template>(stream, Format)!;
            })];
    }
}

/// <summary>The words of a template in one language.</summary>
public sealed record TemplateTexts(string Title, string Description, string Purpose);

/// <summary>One credential that a template asks for.</summary>
public sealed record TemplateCredential
{
    /// <summary>Query id (DCQL).</summary>
    public required string Id { get; init; }

    /// <summary>Short name of the type.</summary>
    public required string Type { get; init; }

    /// <summary>Claims without which there is no answer.</summary>
    public required IReadOnlyList<string> Required { get; init; }

    /// <summary>Claims the holder may refuse.</summary>
    public IReadOnlyList<string> Optional { get; init; } = [];

    /// <summary>Claims that must have one of some values.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<JsonValue>> Values { get; init; } = new Dictionary<string, IReadOnlyList<JsonValue>>();

    internal AskedCredential Ask() => new(Id, TypeDefinition.Find(Type)!, Required, Optional, Values);
}
