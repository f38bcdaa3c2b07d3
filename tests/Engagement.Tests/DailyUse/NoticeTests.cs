using CsPlatform.Contracts.Engagement.V1;

namespace CsPlatform.Engagement.Tests.DailyUse;

/// <summary>What others hear, and that a day's last notice has its last figures.</summary>
[Collection(nameof(EngagementSystem))]
public sealed class NoticeTests(EngagementSystem system)
{
    [Fact]
    public async Task The_newest_notice_of_every_day_has_the_days_figures()
    {
        var account = await system.RegisterAsync("crm", "noticed");
        for (var i = 0; i < 20; i++)
            await system.SendAsync(
                Sample.Event($"n-{i}", "crm/noticed", user: $"u{i % 3}", feature: $"f{i % 2}"),
                Sample.Event($"n-{i}-2", "crm/noticed", "2026-03-02T10:00:00Z"));
        await system.UntilIdleAsync();

        var told = (await HeardAsync<AccountDaysChanged>()).SelectMany(
            n => n.Accounts).Where(a => a.AccountId == account)
            .SelectMany(a => a.Days).GroupBy(d => d.Day).Select(
                g => g.MaxBy(d => d.Version)!).OrderBy(d => d.Day).ToArray();
        var days = await system.DaysAsync(account);
        Assert.Equal(JsonSerializer.Serialize(days), JsonSerializer.Serialize(told));
        Assert.Equal((20, 3, 100m), (told[0].Events, told[0].ActiveUsers, told[0].Minutes));
        Assert.Equal(["f0", "f1"], told[0].Features);
    }

    [Fact]
    public async Task Accounts_share_a_notice_of_at_most_a_hundred_days()
    {
        Guid[] accounts = [await system.RegisterAsync("crm", "shares"), await system.RegisterAsync("crm", "shares-too")];
        await system.SendAsync(
        [
            .. from day in Enumerable.Range(0, 75)
               from name in (string[])["shares", "shares-too"]
               select Sample.Event(
                   $"{name}-{day}", $"crm/{name}", $"{new DateOnly(2025, 9, 1).AddDays(day):yyyy-MM-dd}T10:00:00Z"),
        ]);
        await system.UntilIdleAsync();

        var told = (await HeardAsync<AccountDaysChanged>())
            .Where(n => n.Accounts.Any(a => accounts.Contains(a.AccountId))).ToList();
        Assert.All(told, n => Assert.InRange(n.Accounts.Sum(a => a.Days.Count), 1, 100));
        Assert.Contains(told, n => n.Accounts.Count == 2);
        Assert.Equal(150, told.SelectMany(n => n.Accounts).Sum(a => a.Days.Count));
    }

    [Fact]
    public async Task First_use_is_told_once_and_corrected_by_an_earlier_day()
    {
        var account = await system.RegisterAsync("crm", "first");
        await system.SendAsync(Sample.Event("f0", "crm/first", "2026-03-01T10:00:00Z", automation: true));
        await system.SendAsync(Sample.Event(
            "f1", "crm/first", "2026-03-05T10:00:00Z"), Sample.Event("f2", "crm/first", "2026-03-05T09:00:00Z"));
        await system.SendAsync(Sample.Event(
            "f3", "crm/first", "2026-03-05T08:00:00Z"), Sample.Event("f4", "crm/first", "2026-03-06T08:00:00Z"));
        await system.SendAsync(Sample.Event("f5", "crm/first", "2026-03-02T08:00:00Z"));
        await system.UntilIdleAsync();

        var told = (await HeardAsync<FirstUseSeen>()).Where(
            f => f.AccountId == account).Select(f => f.OccurredAt.ToString("MM-dd HH"));
        Assert.Equal(["03-05 09", "03-02 08"], told);
    }

    private async Task<IReadOnlyList<T>> HeardAsync<T>()
    {
        await using var connection = await system.AmqpAdmin().CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var heard = new List<T>();
        // Not acknowledged: the messages are there again for the next test.
        while (await channel.BasicGetAsync(EngagementSystem.HealthQueue, autoAck: false) is { } message)
        {
            var envelope = JsonSerializer.Deserialize<JsonElement>(message.Body.Span);
            if (envelope.GetProperty(
                "messageType")[0].GetString()!.EndsWith($":{typeof(T).Name}", StringComparison.Ordinal))
                heard.Add(envelope.GetProperty("message").Deserialize<T>(JsonSerializerOptions.Web)!);
        }

        return heard;
    }
}
