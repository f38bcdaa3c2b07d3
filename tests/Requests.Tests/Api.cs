using System.Text.RegularExpressions;

namespace CsPlatform.Requests.Tests;

/// <summary>A parameter of an operation: in path, query or header.</summary>
/// <param name="Max">The greatest number that it takes, where the document says so.</param>
public sealed record Parameter(string Name, string In, bool Required, int? Max);

/// <summary>
/// What an OpenAPI document says of one operation, asked with one of the media types that its body may have.
/// </summary>
/// <param name="Id">Its operationId.</param>
/// <param name="MediaType">Of the body; null without a body.</param>
/// <param name="Members">
/// Of the body, at any depth, as far as the document names them: <c>scale.min</c>, <c>keys.[].system</c>.
/// </param>
/// <param name="Body">What the document says of the body; null without one.</param>
/// <param name="Statuses">Every status that the document lists.</param>
/// <param name="Permission">What a caller needs; null where any token will do.</param>
public sealed record Operation(
    string Service, string Id, string Method, string Path, IReadOnlyList<Parameter> Parameters, string? MediaType,
    IReadOnlySet<string> Members, BodySchema? Body, IReadOnlySet<int> Statuses, string? Permission)
{
    /// <summary>Who may call it.</summary>
    public IEnumerable<string> Roles => Permission is null ? Permissions.AllRoles : Permissions.RolesWith(Permission);

    public override string ToString() =>
        $"{Service} {Method} {Path}{(MediaType is null or "application/json" ? "" : $" ({MediaType})")}";
}

/// <summary>Reads the operations of a service from its OpenAPI document.</summary>
internal static partial class Api
{
    public static async Task<IReadOnlyList<Operation>> OperationsOf(string service, HttpClient client)
    {
        using var document = JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json"));
        return [.. from path in document.RootElement.GetProperty("paths").EnumerateObject()
            from operation in path.Value.EnumerateObject()
            where operation.Name is "get" or "put" or "post" or "delete" or "patch"
            from body in Bodies(operation.Value)
            select Read(service, path.Name, operation.Name, operation.Value, body, document.RootElement)];
    }

    private static IEnumerable<JsonProperty?> Bodies(JsonElement operation) =>
        operation.TryGetProperty("requestBody", out var body)
            ? body.GetProperty("content").EnumerateObject().Select(c => (JsonProperty?)c)
            : [null];

    private static Operation Read(
        string service, string path, string method, JsonElement operation, JsonProperty? body,
        JsonElement document) => new(
        service,
        operation.GetProperty("operationId").GetString()!,
        method.ToUpperInvariant(),
        Constraint().Replace(path, "{$1}"),
        operation.TryGetProperty("parameters", out var parameters)
            ? [.. parameters.EnumerateArray().Select(p => new Parameter(
                p.GetProperty("name").GetString()!, p.GetProperty("in").GetString()!,
                p.TryGetProperty("required", out var required) && required.GetBoolean(),
                p.GetProperty("schema").TryGetProperty("maximum", out var max) && max.TryGetInt32(
                    out var number) ? number : null))]
            : [],
        body?.Name,
        body is { Value: var content } ? MembersOf(
            content.GetProperty("schema"), [], document).ToHashSet() : new HashSet<string>(),
        body is { Value: var described } ? new BodySchema(
            described.GetProperty("schema").Clone(), document.Clone()) : null,
        operation.GetProperty("responses").EnumerateObject().Select(r => int.Parse(r.Name, provider: null)).ToHashSet(),
        PermissionOf(operation));

    private static string? PermissionOf(JsonElement operation) =>
        operation.TryGetProperty("x-permissions", out var needed) ? needed.EnumerateArray().Single().GetString() : null;

    private static IEnumerable<string> MembersOf(JsonElement schema, string[] at, JsonElement document)
    {
        if (schema.TryGetProperty("$ref", out var reference))
            schema = reference.GetString()!.Split('/')[1..].Aggregate(
                document, (element, step) => element.GetProperty(step));
        if (schema.TryGetProperty("properties", out var properties))
            foreach (var property in properties.EnumerateObject())
                foreach (var member in MembersOf(property.Value, [.. at, property.Name], document).Prepend(string.Join('.', [.. at, property.Name])))
                    yield return member;
        var inner = (string[])["allOf", "anyOf", "oneOf"];
        foreach (var part in inner.SelectMany(i => schema.TryGetProperty(i, out var parts) ? parts.EnumerateArray().ToArray() : []))
            foreach (var member in MembersOf(part, at, document))
                yield return member;
        if (schema.TryGetProperty("items", out var items))
            foreach (var member in MembersOf(items, [.. at, "[]"], document))
                yield return member;
    }

    [GeneratedRegex(@"\{([^}:]+)[^}]*\}")]
    private static partial Regex Constraint();
}
