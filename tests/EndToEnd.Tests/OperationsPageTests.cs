using System.Text.RegularExpressions;
using CsPlatform.Local;

namespace CsPlatform.EndToEnd.Tests;

/// <summary>The page for ops names what there is: every metric on it arrives, and every one of ours is on it.</summary>
[Collection(nameof(WholeSystem))]
public sealed partial class OperationsPageTests(WholeSystem system)
{
    [Fact]
    public async Task Every_metric_on_the_page_arrives_and_every_one_of_ours_is_on_the_page()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Clone.Root, "deploy", "operations.md"));
        var named = MetricName().Matches(page)
            .Select(m => m.Groups[1].Value).Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.True(named.Count > 10, "the page names metrics");

        var day = await system.NextMondayAsync();
        await system.RegisterAsync("measured-1");
        await system.PublishOverHttpAsync(WholeSystem.DayOfUse("measured-1", day, "reports"));
        await system.PublishOverHttpAsync(WholeSystem.DayOfUse("nobody-1", day, "reports"));
        await using (var connection = await system.AmqpAdmin().CreateConnectionAsync())
        await using (var channel = await connection.CreateChannelAsync(new(true, true)))
            await channel.BasicPublishAsync(
                "", "accounts", mandatory: true, new RabbitMQ.Client.BasicProperties(), "no envelope"u8.ToArray());

        await Eventually.PassesAsync(() =>
        {
            Assert.Equal(named, system.Telemetry.Metrics
                .Where(m => m.StartsWith("csplatform.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
            return Task.CompletedTask;
        }, TimeSpan.FromSeconds(60));
    }

    [GeneratedRegex(@"`(csplatform\.[a-z_]+(?:\.[a-z_]+)*)`")]
    private static partial Regex MetricName();
}
