using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace CsPlatform.Examples;

/// <summary>Publishes one usage event over HTTP.</summary>
internal static class PublishHttp
{
    public static async Task Run()
    {
        var now = TimeProvider.System.GetUtcNow();
        var usage = new
        {
            specversion = "1.0",
            id = Guid.CreateVersion7(now),
            source = "app",
            type = "com.example.app.used",
            subject = "crm/0042",
            time = now,
            data = new { user = "u-7", feature = "reports", minutes = 12.5 },
        };
        using var http = new HttpClient { BaseAddress = new Uri(Environment.GetEnvironmentVariable("CSP_ENGAGEMENT")!) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Environment.GetEnvironmentVariable("CSP_TOKEN"));
        using var body = JsonContent.Create(usage, new MediaTypeHeaderValue("application/cloudevents+json"));
        using var response = await http.PostAsync("/v1/events", body);
        Console.WriteLine($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        response.EnsureSuccessStatusCode();
    }
}
