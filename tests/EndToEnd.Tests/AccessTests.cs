using System.Text;
using System.Text.RegularExpressions;

namespace CsPlatform.EndToEnd.Tests;

/// <summary>
/// Nothing is open: every endpoint that the OpenAPI documents name is tried without a token and with each role.
/// </summary>
[Collection(nameof(WholeSystem))]
public sealed partial class AccessTests(WholeSystem system)
{
    public static TheoryData<string> Services => [.. PlatformOptions.AllServices];

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Without_a_token_every_endpoint_answers_401(string service)
    {
        using var nobody = system.Client(service);
        foreach (var endpoint in await EndpointsOf(service))
            Assert.Equal(
                (endpoint.ToString(), HttpStatusCode.Unauthorized),
                (endpoint.ToString(), await Call(nobody, endpoint)));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Only_roles_with_the_permission_that_an_endpoint_names_may_call_it(string service)
    {
        var endpoints = await EndpointsOf(service);
        foreach (var role in Permissions.AllRoles)
        {
            using var client = system.Client(service, role);
            foreach (var endpoint in endpoints)
                Assert.Equal((endpoint.ToString(), role, endpoint.Roles.Contains(role)),
                    (endpoint.ToString(), role, await Call(client, endpoint) is not (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized)));
        }
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Whoever_has_a_token_may_ask_what_it_may_do(string service)
    {
        using var csm = system.Client(service, Roles.Csm);
        var me = await csm.GetFromJsonAsync<JsonElement>("/v1/me");

        Assert.Equal([Roles.Csm], me.GetProperty("roles").EnumerateArray().Select(r => r.GetString()));
        var permissions = me.GetProperty("permissions").EnumerateObject().ToDictionary(
            p => p.Name, p => p.Value.GetString());
        Assert.Equal(("all", "book"), (permissions[Permissions.ReadAccounts], permissions[Permissions.WriteAccounts]));
        Assert.DoesNotContain(Permissions.Operate, permissions.Keys);
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task A_token_that_nobody_signed_for_us_answers_401(string service)
    {
        var token = system.Platform.Token(new TokenClaims(Roles.Admin));
        var parts = token.Split('.');
        var unsigned = Convert.ToBase64String(Encoding.UTF8.GetBytes("""{"alg":"none","typ":"JWT"}""")).TrimEnd('=');
        string[] forged = [$"{parts[0]}.{parts[1]}.{parts[2][..^4]}AAAA", $"{unsigned}.{parts[1]}.", $"{parts[0]}.{parts[1]}."];
        var endpoint = (await EndpointsOf(service))[0];
        foreach (var bad in forged)
        {
            using var client = system.Client(service);
            client.DefaultRequestHeaders.Authorization = new("Bearer", bad);
            Assert.Equal(HttpStatusCode.Unauthorized, await Call(client, endpoint));
        }
    }

    private async Task<IReadOnlyList<Endpoint>> EndpointsOf(string service)
    {
        using var nobody = system.Client(service);
        using var document = JsonDocument.Parse(await nobody.GetStringAsync("/openapi/v1.json"));
        List<Endpoint> endpoints = [.. from path in document.RootElement.GetProperty("paths").EnumerateObject()
            from operation in path.Value.EnumerateObject()
            where operation.Name is "get" or "put" or "post" or "delete" or "patch"
            select new Endpoint(
                operation.Name.ToUpperInvariant(), Addressable(path.Name, operation.Value), MediaTypeOf(
                    operation.Value), RolesOf(operation.Value))];
        Assert.True(endpoints.Count > 2, $"{service} documents its endpoints");
        return endpoints;
    }

    private static IReadOnlyCollection<string> RolesOf(JsonElement operation)
    {
        if (operation.TryGetProperty("x-permissions", out var needed))
            return [.. Permissions.RolesWith(needed.EnumerateArray().Single().GetString()!)];

        Assert.Equal("GetMe", operation.GetProperty("operationId").GetString());
        return [.. Permissions.AllRoles];
    }

    /// <summary>
    /// The path with a value of the right type in the place of each parameter, so that routing finds it.
    /// </summary>
    private static string Addressable(string path, JsonElement operation) => PathParameter().Replace(path, parameter =>
    {
        var schema = operation.GetProperty("parameters").EnumerateArray()
            .Single(p => p.GetProperty("name").GetString() == parameter.Groups[1].Value).GetProperty("schema");
        var isText = schema.TryGetProperty("format", out var format)
            ? format.GetString() == "uuid"
            : schema.GetProperty("type").ToString() == "string";
        return isText ? "01890000-0000-7000-8000-000000000000" : "1";
    });

    private static string? MediaTypeOf(JsonElement operation) => operation.TryGetProperty("requestBody", out var body)
        ? body.GetProperty("content").EnumerateObject().First().Name
        : null;

    private static async Task<HttpStatusCode> Call(HttpClient client, Endpoint endpoint)
    {
        using var request = new HttpRequestMessage(new HttpMethod(endpoint.Method), endpoint.Path);
        if (endpoint.MediaType is { } mediaType)
            request.Content = new StringContent("", Encoding.UTF8, mediaType);
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    [GeneratedRegex(@"\{([^}:]+)[^}]*\}")]
    private static partial Regex PathParameter();

    private sealed record Endpoint(string Method, string Path, string? MediaType, IReadOnlyCollection<string> Roles)
    {
        public override string ToString() => $"{Method} {Path}";
    }
}
