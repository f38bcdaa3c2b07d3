using System.Text.Json;
using MassTransit.Serialization;

namespace CsPlatform.Contracts.Tests;

/// <summary>How messages look between services: the bus's own serialiser, no settings of ours.</summary>
internal static class Wire
{
    public static string Write(object message) =>
        JsonSerializer.Serialize(message, message.GetType(), Indented).ReplaceLineEndings("\n") + "\n";

    public static object? Read(string json, Type type) => JsonSerializer.Deserialize(json, type, SystemTextJsonMessageSerializer.Options);

    private static readonly JsonSerializerOptions Indented =
        new(SystemTextJsonMessageSerializer.Options) { WriteIndented = true, NewLine = "\n" };
}
