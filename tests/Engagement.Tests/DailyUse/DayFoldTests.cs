using CsCheck;
using CsPlatform.Engagement.DailyUse;
using CsPlatform.Engagement.Submissions;
using CsPlatform.Engagement.UsageEvents;

namespace CsPlatform.Engagement.Tests.DailyUse;

public sealed class DayFoldTests
{
    private static readonly Guid[] Accounts = [Guid.Parse(
        "00000000-0000-0000-0000-000000000001"), Guid.Parse("00000000-0000-0000-0000-000000000002")];

    private static readonly Gen<CountedUse> GenUse = Gen.Select(
        Gen.Int[0, 1].Select(i => Accounts[i]), Gen.Int[0, 80], Gen.Int[0, 3],
        Gen.Int[0, 2].Select(i => $"{(char)(97 + i)}").Array[0, 3], Gen.Int[0, 500], Gen.Bool,
        (account, hour, user, features, minutes, automation) => new CountedUse(
            new UsageEvent("s", "i", "t", "crm/1", null,
                new Use(user == 0 ? null : $"u{user}", automation, features, minutes / 10m), null, null, []),
            1, account, new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero).AddHours(hour), default, null));

    [Fact]
    public void Order_does_not_matter() => Gen.Select(GenUse.Array[0, 30], Gen.Int).Sample((uses, seed) =>
    {
        var shuffled = uses.ToArray();
        new Random(seed).Shuffle(shuffled);
        Assert.Equal(Text(DayFold.Fold(uses)), Text(DayFold.Fold(shuffled)));
    });

    [Fact]
    public void Days_are_sorted_and_automation_is_left_out() => GenUse.Array[0, 30].Sample(uses =>
    {
        var days = DayFold.Fold(uses);
        Assert.Equal(days.OrderBy(d => (d.AccountId, d.Day)), days);
        Assert.Equal(uses.Count(u => !u.Event.Use.Automation), days.Sum(d => d.Events));
        Assert.Equal(uses.Where(u => !u.Event.Use.Automation).Sum(u => u.Event.Use.Minutes), days.Sum(d => d.Minutes));
    });

    private static IEnumerable<string> Text(IEnumerable<DayDelta> days) => days.Select(d =>
        $"{d.AccountId} {d.Day:O} {d.Events} {d.Minutes} {string.Join(',', d.Users)} {string.Join(',', d.Features)}");
}
