using System.Net;
using System.Text;
using System.Text.Json;

namespace CsPlatform.Renewals.Tests;

[Collection(nameof(RunningRenewals))]
public sealed class AccessTests(RenewalsSystem system)
{
    [Fact]
    public async Task No_route_answers_without_a_token_or_to_a_role_that_has_no_business_here()
    {
        var nobody = system.Client("renewals");
        var subscriber = system.Client("renewals", Roles.Subscriber);

        foreach (var (method, path) in await Operations(nobody))
        {
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, await Status(nobody, method, path)));
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, await Status(subscriber, method, path)));
        }
    }

    [Fact]
    public async Task Viewer_reads_and_does_not_write_and_only_operations_sweep()
    {
        var viewer = system.Client("renewals", Roles.Viewer);

        Assert.Equal(HttpStatusCode.OK, await Status(viewer, HttpMethod.Get, "/v1/renewals"));
        Assert.Equal(HttpStatusCode.Forbidden, await Status(viewer, HttpMethod.Post, "/v1/contracts"));
        Assert.Equal(HttpStatusCode.Forbidden, await Status(system.Csm, HttpMethod.Post, "/v1/sweeps"));
    }

    private static async Task<List<(HttpMethod, string)>> Operations(HttpClient client)
    {
        using var document = JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json"));
        var operations = document.RootElement.GetProperty("paths").EnumerateObject()
            .Where(path => path.Name.StartsWith("/v1/", StringComparison.Ordinal))
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (
                HttpMethod.Parse(operation.Name),
                path.Name.Replace("{id}", Guid.Empty.ToString(), StringComparison.Ordinal))))
            .ToList();
        Assert.True(operations.Count >= 6, "All of ours are there, and those that every service has.");
        return operations;
    }

    private static async Task<HttpStatusCode> Status(HttpClient client, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        if (method == HttpMethod.Post)
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }
}
