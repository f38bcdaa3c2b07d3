using System.Net;
using System.Text;
using System.Text.Json;

namespace CsPlatform.Feedback.Tests;

[Collection(nameof(RunningFeedback))]
public sealed class AccessTests(FeedbackSystem system)
{
    [Fact]
    public async Task No_route_answers_without_a_token_or_to_a_role_that_has_no_business_here()
    {
        var nobody = system.Client("feedback");
        var subscriber = system.Client("feedback", Roles.Subscriber);

        foreach (var (method, path) in await Operations(nobody))
        {
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, await Status(nobody, method, path)));
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, await Status(subscriber, method, path)));
        }
    }

    [Fact]
    public async Task Viewer_reads_a_publisher_answers_and_neither_does_the_other()
    {
        var viewer = system.Client("feedback", Roles.Viewer);
        var publisher = system.Client("feedback", Roles.Publisher);
        var figures = $"/v1/accounts/{await system.RegisteredAccount()}/feedback";

        Assert.Equal(HttpStatusCode.OK, await Status(viewer, HttpMethod.Get, figures));
        Assert.Equal(HttpStatusCode.Forbidden, await Status(viewer, HttpMethod.Post, "/v1/answers"));
        Assert.Equal(HttpStatusCode.Forbidden, await Status(publisher, HttpMethod.Get, figures));
        Assert.Equal(HttpStatusCode.BadRequest, await Status(publisher, HttpMethod.Post, "/v1/answers"));
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
        Assert.True(operations.Count >= 3, "All of ours are there, and those that every service has.");
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
