using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Identity.Credentials;
using Identity.Ledger.Evm;
using Identity.Ledger.Proofs;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Exit;

/// <summary>
/// The registry's events as they stand in an exit bundle: an array of <c>{"kind","event"}</c> in the chain's order. Bytes are <c>0x</c> and hexadecimal digits, times RFC 3339 in UTC, roles, rights and
/// endings the contract's numbers (docs/exit-bundle.md).
/// </summary>
internal static class ExitEvents
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 6,
        Converters = { new AddressText(), new BytesText(), new TimeText() },
    };

    private static readonly Dictionary<string, Type> Kinds = typeof(RegistryEvent).GetNestedTypes()
        .Where(type => type.IsSubclassOf(typeof(RegistryEvent)) && type != typeof(RegistryEvent.Anchored)).ToDictionary(type => JsonNamingPolicy.CamelCase.ConvertName(type.Name));

    public static byte[] Write(IEnumerable<RegistryEvent> events) => JsonSerializer.SerializeToUtf8Bytes(
        events.Select(registryEvent => new Line(JsonNamingPolicy.CamelCase.ConvertName(registryEvent.GetType().Name), JsonSerializer.SerializeToElement(registryEvent, registryEvent.GetType(), Options))), Options);

    /// <summary>Reads them; false for anything that is not exactly of this form. Nothing is judged.</summary>
    public static bool TryRead(byte[] utf8, [NotNullWhen(true)] out IReadOnlyList<RegistryEvent>? events)
    {
        events = null;
        try
        {
            var read = new List<RegistryEvent>();
            foreach (var line in JsonSerializer.Deserialize<Line[]>(utf8, Options) ?? [])
            {
                if (line is null || !Kinds.TryGetValue(line.Kind, out var kind) || line.Event.Deserialize(kind, Options) is not RegistryEvent one) return false;
                read.Add(one);
            }
            events = read;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private sealed record Line(string Kind, JsonElement Event);

    private sealed class AddressText : JsonConverter<Address>
    {
        public override Address Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && Address.TryParse(reader.GetString(), out var address) ? address : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, Address value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }

    private sealed class BytesText : JsonConverter<byte[]>
    {
        public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && Hex.TryDecode(reader.GetString(), out var bytes) && bytes.Length == 32 ? bytes : throw new JsonException(); // ids, hashes, keys

        public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) => writer.WriteStringValue(Hex.Encode(value));
    }

    private sealed class TimeText : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && SealedState.TryTime(reader.GetString(), out var time) ? time : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToRfc3339());
    }
}
