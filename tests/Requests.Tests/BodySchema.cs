using System.Text.Json.Nodes;

namespace CsPlatform.Requests.Tests;

/// <summary>
/// The schema of a body, and a body that is made of it: every member is there, with a value by its name and type. It
/// serves each operation of which <see cref="Examples"/> says nothing, because any body of the right form will do.
/// </summary>
public sealed record BodySchema(JsonElement Schema, JsonElement Document)
{
    /// <param name="known">Values by the member's name, where its type does not say enough: ids and times.</param>
    public JsonObject Example(Func<string, string?> known) => Value("", Schema, known)!.AsObject();

    private JsonNode? Value(string name, JsonElement schema, Func<string, string?> known)
    {
        if (schema.TryGetProperty("$ref", out var reference))
            schema = reference.GetString()!.Split('/')[1..].Aggregate(Document, (at, step) => at.GetProperty(step));
        if (schema.TryGetProperty("enum", out var values))
            return JsonNode.Parse(values.EnumerateArray().First(v => v.ValueKind != JsonValueKind.Null).GetRawText());
        foreach (var choice in (string[])["oneOf", "anyOf"])
            if (schema.TryGetProperty(choice, out var parts))
                return Value(name, parts.EnumerateArray().First(part => TypeOf(part) != "null"), known);
        return TypeOf(schema) switch
        {
            "object" => new JsonObject(schema.TryGetProperty("properties", out var members)
                ? members.EnumerateObject().Select(m => KeyValuePair.Create(m.Name, Value(m.Name, m.Value, known)))
                : []),
            "array" => new JsonArray(Value(name, schema.GetProperty("items"), known)),
            "integer" => schema.TryGetProperty("minimum", out var min) ? min.GetInt32() + 1 : 7,
            "number" => 7.5,
            "boolean" => true,
            _ => known(name) ?? name,
        };
    }

    /// <summary>Of several types, one that is not null.</summary>
    private static string? TypeOf(JsonElement schema) => !schema.TryGetProperty("type", out var type) ? null
        : type.ValueKind == JsonValueKind.String ? type.GetString()
        : type.EnumerateArray().Select(t => t.GetString()).First(t => t is not "null");
}
