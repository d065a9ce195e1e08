using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Identity.Credentials.Jose;

namespace Identity.Issuer.Management;

/// <summary>Reads a free-form object as strictly as everything else from outside: the framework would let a member stand twice and fail later, at its first use.</summary>
internal sealed class StrictObject : JsonConverter<JsonObject>
{
    public override JsonObject Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return StrictJson.TryParseObject(Encoding.UTF8.GetBytes(document.RootElement.GetRawText()), out var value, out var reason) ? value : throw new JsonException(reason);
    }

    public override void Write(Utf8JsonWriter writer, JsonObject value, JsonSerializerOptions options) => value.WriteTo(writer, options);
}
