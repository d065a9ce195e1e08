using System.Text.Json;
using System.Text.Json.Serialization;
using Identity.Ledger.Evm;
using Identity.Ledger.Registry;

namespace Identity.Ledger.Mirror;

/// <summary>Events as they are kept in the mirror's file: the name of the case and its members as JSON.</summary>
internal static class EventCodec
{
    private static readonly JsonSerializerOptions Options = new() { Converters = { new AddressConverter() } };

    private static readonly Dictionary<string, Type> Kinds = typeof(RegistryEvent).GetNestedTypes().Where(t => t.IsSubclassOf(typeof(RegistryEvent))).ToDictionary(t => t.Name);

    public static (string Kind, string Body) Write(RegistryEvent registryEvent) =>
        (registryEvent.GetType().Name, JsonSerializer.Serialize(registryEvent, registryEvent.GetType(), Options));

    public static RegistryEvent Read(string kind, string body) =>
        Kinds.TryGetValue(kind, out var type) && JsonSerializer.Deserialize(body, type, Options) is RegistryEvent read
            ? read
            : throw new InvalidDataException($"The mirror's file holds an event of kind {kind}. Delete the file; the mirror reads everything again.");

    private sealed class AddressConverter : JsonConverter<Address>
    {
        public override Address Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Address.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Address value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
