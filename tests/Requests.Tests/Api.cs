using System.Text.Json;
using System.Text.RegularExpressions;

namespace CsPlatform.Requests.Tests;

/// <summary>A parameter of an operation: in path, query or header.</summary>
/// <param name="Max">The greatest number that it takes, where the document says so.</param>
public sealed record Parameter(string Name, string In, bool Required, int? Max);

/// <summary>What an OpenAPI document says of one operation.</summary>
/// <param name="Id">Its operationId.</param>
/// <param name="MediaType">Of the body, the first one named; null without a body.</param>
/// <param name="Statuses">Every status that the document lists.</param>
/// <param name="Roles">Who may call it.</param>
public sealed record Operation(
    string Service, string Id, string Method, string Path, IReadOnlyList<Parameter> Parameters, string? MediaType,
    IReadOnlySet<int> Statuses, IReadOnlyList<string> Roles)
{
    public override string ToString() => $"{Service} {Method} {Path}";
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
            select Read(service, path.Name, operation.Name, operation.Value)];
    }

    private static Operation Read(string service, string path, string method, JsonElement operation) => new(
        service,
        operation.GetProperty("operationId").GetString()!,
        method.ToUpperInvariant(),
        Constraint().Replace(path, "{$1}"),
        operation.TryGetProperty("parameters", out var parameters)
            ? [.. parameters.EnumerateArray().Select(p => new Parameter(
                p.GetProperty("name").GetString()!, p.GetProperty("in").GetString()!,
                p.TryGetProperty("required", out var required) && required.GetBoolean(),
                p.GetProperty("schema").TryGetProperty("maximum", out var max) && max.TryGetInt32(out var number) ? number : null))]
            : [],
        operation.TryGetProperty("requestBody", out var body)
            ? body.GetProperty("content").EnumerateObject().First().Name
            : null,
        operation.GetProperty("responses").EnumerateObject().Select(r => int.Parse(r.Name, provider: null)).ToHashSet(),
        RolesLine().Match(operation.GetProperty("description").GetString()!).Groups[1].Value.Split(", "));

    [GeneratedRegex(@"Roles: ([a-z, ]+)\.")]
    private static partial Regex RolesLine();

    [GeneratedRegex(@"\{([^}:]+)[^}]*\}")]
    private static partial Regex Constraint();
}
