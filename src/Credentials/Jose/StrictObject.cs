using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Identity.Credentials.Jose;

/// <summary>Reads a free-form object as strictly as everything else from outside: the framework would let a member stand twice and fail later, at its first use.</summary>
public sealed class StrictObject : JsonConverter<JsonObject>
{
    /// <inheritdoc/>
    public override JsonObject Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return StrictJson.TryParseObject(Encoding.UTF8.GetBytes(document.RootElement.GetRawText()), out var value, out var reason) ? value : throw new JsonException(reason);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, JsonObject value, JsonSerializerOptions options) => value.WriteTo(writer, options);
}
