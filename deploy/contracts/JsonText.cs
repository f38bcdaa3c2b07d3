using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsPlatform.Backbone;
using MassTransit.Serialization;

namespace CsPlatform.ContractFiles;

/// <summary>One of the two ways in which records become JSON: on the bus, and in the event store.</summary>
internal sealed record JsonText(Func<object, string> Write, Func<string, Type, object> Read)
{
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bus's own serialiser, no settings of ours.</summary>
    public static JsonText OnTheBus { get; } = new(
        message => JsonSerializer.Serialize(message, message.GetType(), SystemTextJsonMessageSerializer.Options),
        (json, type) => JsonSerializer.Deserialize(json, type, SystemTextJsonMessageSerializer.Options)!);

    /// <summary>Marten's, as every service sets it up.</summary>
    public static JsonText InTheStore { get; } = OfTheStore();

    /// <summary>The same JSON for people, ending with a line's end.</summary>
    public static string ForPeople(string json) => JsonNode.Parse(json)!.ToJsonString(Indented) + "\n";

    private static JsonText OfTheStore()
    {
        var serializer = EventStore.Options("sample", _ => { }, TimeProvider.System).Serializer();
        return new(
            stored => serializer.ToJson(stored),
            (json, type) =>
            {
                using var bytes = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json));
                return serializer.FromJson(type, bytes);
            });
    }
}
