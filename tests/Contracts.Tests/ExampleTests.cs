using System.Text;
using System.Text.Json.Nodes;
using RabbitMQ.Client;

namespace CsPlatform.Contracts.Tests;

/// <summary>
/// Engagement to publish to, Health whose alerts are heard, and Accounts that knows whose key 0042 of crm is.
/// </summary>
public sealed class ExamplesSystem() : SystemFixture("accounts", "engagement", "health")
{
    public Guid AccountId { get; } = AlertSamples.Account;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Run.NpmPackages(new Example("javascript", "subscribe").Folder);
        using var registered = await Client("accounts", Roles.Csm).PostAsJsonAsync("/v1/accounts", new
        {
            accountId = AccountId,
            details = new { name = "Blue Finch Logistics" },
            externalKeys = new[] { new { system = "crm", key = "0042" } },
        });
        registered.EnsureSuccessStatusCode();
    }

    /// <summary>What the README has its reader export.</summary>
    public IReadOnlyDictionary<string, string> Settings(string amqpUser) => new Dictionary<string, string>
    {
        ["CSP_ENGAGEMENT"] = $"{Platform.Address("engagement")}".TrimEnd('/'),
        ["CSP_TOKEN"] = Platform.Token(new(Roles.Publisher) { Sources = ["app"] }),
        ["CSP_AMQP"] = $"{Platform.Amqp(amqpUser)}",
    };
}

/// <summary>The programs that the README shows work against the running system, as they are.</summary>
public sealed class ExampleTests(ExamplesSystem system) : IClassFixture<ExamplesSystem>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public static TheoryData<string> Languages => [.. Example.Languages];

    [Fact]
    public async Task Event_published_by_each_example_is_counted_once()
    {
        var published = 0;
        foreach (var language in Example.Languages)
        {
            foreach (var verb in (string[])["publish-http", "publish-amqp"])
            {
                var example = new Example(language, verb);
                await Run.ToEnd(example.Folder, system.Settings("publisher"), example.Command);
                published++;
                await Eventually.HoldsAsync(async () => await Counted() == published, Patience);
            }
        }
    }

    [Theory, MemberData(nameof(Languages))]
    public async Task Alert_is_received_and_printed_once(string language)
    {
        var example = new Example(language, "subscribe");
        using var subscriber = Run.Start(example.Folder, system.Settings("subscriber"), example.Command);
        try
        {
            using var limit = new CancellationTokenSource(Patience);
            Assert.StartsWith(
                "waiting for alerts on", await subscriber.StandardOutput.ReadLineAsync(limit.Token),
                StringComparison.Ordinal);

            await Publish("raised", "raised", "escalated"); // the first of them twice: at least once is the promise
            var first = await subscriber.StandardOutput.ReadLineAsync(limit.Token);
            var second = await subscriber.StandardOutput.ReadLineAsync(limit.Token);

            Assert.Equal(
                "com.csplatform.churnrisk.raised.v1 MEDIUM Blue Finch Logistics 46 Weekly active users fell from 21 to 9.",
                first?.Replace("46.0", "46", StringComparison.Ordinal));
            Assert.StartsWith(
                "com.csplatform.churnrisk.escalated.v1 HIGH Blue Finch Logistics 28", second, StringComparison.Ordinal);
        }
        finally
        {
            if (!subscriber.HasExited)
                subscriber.Kill(entireProcessTree: true);
            await subscriber.WaitForExitAsync(CancellationToken.None);
            await using var connection = await system.Amqp("subscriber").CreateConnectionAsync(CancellationToken.None);
            await using var channel = await connection.CreateChannelAsync(cancellationToken: CancellationToken.None);
            await channel.QueueDeleteAsync(
                system.Platform.AmqpUser("subscriber") + ".alerts", cancellationToken: CancellationToken.None);
        }
    }

    /// <summary>Golden alerts on the exchange that Health publishes to, as Health would.</summary>
    private async Task Publish(params string[] kinds)
    {
        await using var connection = await system.AmqpAdmin().CreateConnectionAsync(
            TestContext.Current.CancellationToken);
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
            TestContext.Current.CancellationToken);
        foreach (var kind in kinds)
        {
            var alert = PublicEvents.Golden($"churnrisk.{kind}.v1");
            var key = $"churnrisk.{kind}.{((string)alert["severitytext"]!).ToLowerInvariant()}.vip";
            var properties = new BasicProperties { ContentType = "application/cloudevents+json", Persistent = true };
            await channel.BasicPublishAsync(
                Topology.AlertsExchange, key, mandatory: true, properties, Encoding.UTF8.GetBytes(alert.ToJsonString()),
                TestContext.Current.CancellationToken);
        }
    }

    private async Task<int> Counted()
    {
        var today = TimeProvider.System.GetUtcNow();
        var days = await system.Client("engagement", Roles.Viewer).GetFromJsonAsync<JsonNode>(
            $"/v1/accounts/{system.AccountId}/days?from={today.AddDays(-1):yyyy-MM-dd}&to={today:yyyy-MM-dd}");
        var list = days as JsonArray ?? days!["days"]!.AsArray();
        return list.Sum(x => (int)x!["events"]!);
    }
}
