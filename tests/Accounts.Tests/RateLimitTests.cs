using System.Diagnostics;
using System.Text.Json.Nodes;

namespace CsPlatform.Accounts.Tests;

/// <summary>A service that takes one request a second of each caller, the least that can be set.</summary>
public sealed class LimitedSystem() : SystemFixture("accounts")
{
    protected override PlatformOptions Options => new()
    {
        Settings = new Dictionary<string, string> { ["RateLimits__PerSecond"] = "1" },
    };
}

public sealed class RateLimitTests(LimitedSystem system) : IClassFixture<LimitedSystem>
{
    private static readonly TimeSpan Flood = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task A_flood_gets_what_is_set_is_told_when_to_come_again_and_starves_nobody()
    {
        var flooder = Caller("flooder");
        var (taken, refused, since) = (0, 0, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(since) < Flood)
        {
            using var response = await GetAsync(flooder);
            if (response.IsSuccessStatusCode)
            {
                taken++;
                continue;
            }

            await IsToldToWaitAsync(response);
            if (++refused == 10)
                using (var other = await GetAsync(Caller("other")))
                    Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        }

        // Two at once, then one a second.
        Assert.InRange(taken, 2, 2 + (int)Math.Ceiling(Stopwatch.GetElapsedTime(since).TotalSeconds));
        Assert.True(refused >= 10, $"{refused} requests were refused");
        await Eventually.HoldsAsync(async () =>
        {
            using var again = await GetAsync(flooder);
            return again.IsSuccessStatusCode;
        });
    }

    private static async Task IsToldToWaitAsync(HttpResponseMessage response)
    {
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(1), "too-many-requests"),
            (response.StatusCode, response.Headers.RetryAfter?.Delta, problem["code"]!.GetValue<string>()));
    }

    private HttpClient Caller(string subject) =>
        system.Client("accounts", new TokenClaims(Roles.Viewer) { Subject = subject });

    private static Task<HttpResponseMessage> GetAsync(HttpClient caller) =>
        caller.GetAsync("/v1/accounts?limit=1", TestContext.Current.CancellationToken);
}
