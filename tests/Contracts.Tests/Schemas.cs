using System.Text.Json.Nodes;
using NJsonSchema;

namespace CsPlatform.Contracts.Tests;

/// <summary>The published JSON Schemas, read from contracts/schemas.</summary>
internal static class Schemas
{
    private const string SharedAlertFile = "churnrisk.v1.json";

    private static readonly Dictionary<string, JsonSchema> Loaded =
        Repository.Names("contracts/schemas", "*.json").ToDictionary(x => x, Load);

    public static IReadOnlyList<string> Validate(string file, JsonNode? document) =>
        [.. Loaded[file].Validate(document?.ToJsonString() ?? "null").Select(x => $"{x}")];

    /// <summary>An alert event against its envelope, and its data against the schema that it names itself.</summary>
    public static IReadOnlyList<string> ValidateAlert(JsonNode alert) =>
    [
        .. Validate("churnrisk-event.v1.json", alert),
        .. Validate(((string?)alert["dataschema"])?.Split('/')[^1] ?? "", alert["data"]),
    ];

    /// <summary>
    /// NJsonSchema reads draft 7 and looks for definitions in the first file only, so the shared ones of alerts are
    /// moved into the file that uses them. The conformance test reads the files as they are.
    /// </summary>
    private static JsonSchema Load(string file)
    {
        var schema = JsonNode.Parse(Repository.Read("contracts", "schemas", file))!;
        if (file != SharedAlertFile && schema.ToJsonString().Contains(SharedAlertFile, StringComparison.Ordinal))
            schema["$defs"] = JsonNode.Parse(
                Repository.Read("contracts", "schemas", SharedAlertFile))!["$defs"]!.DeepClone();
        var bundled = schema.ToJsonString()
            .Replace($"{SharedAlertFile}#", "#", StringComparison.Ordinal)
            .Replace("$defs", "definitions", StringComparison.Ordinal);
        return JsonSchema.FromJsonAsync(
            bundled, Repository.Path("contracts", "schemas", file)).GetAwaiter().GetResult();
    }
}
