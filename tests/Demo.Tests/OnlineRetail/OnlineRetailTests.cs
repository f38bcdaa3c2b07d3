using CsPlatform.Demo.Measuring;
using CsPlatform.Demo.OnlineRetail;
using CsPlatform.Demo.Replaying;
using CsPlatform.Demo.Tests.Replaying;

namespace CsPlatform.Demo.Tests.OnlineRetail;

/// <summary>Against the real orders. Skipped where the data is absent.</summary>
public sealed class OnlineRetailTests
{
    private static string File => TestData.Path("events/online_retail/online_retail_to_2011-09-09.csv.gz");

    private static IReadOnlyList<Order> Orders()
    {
        using var text = OrderLog.Open(File);
        return OrderLog.Read(text, RetailFeed.FirstDay, RetailFeed.Cut);
    }

    [Fact]
    public void Up_to_the_cut_there_are_2811_customers_each_registered_at_its_first_order()
    {
        var days = RetailFeed.Days(Orders());
        Assert.Equal(2811, days.Sum(d => d.Accounts.Count));
        Assert.Equal(7932, days.Sum(d => d.Events.Count));
        Assert.Equal(192, days.Count);
        Assert.Equal(2811, days.SelectMany(d => d.Accounts).Select(a => a.AccountId).Distinct().Count());
        var firstOrder = days.SelectMany(d => d.Events).GroupBy(e => e.Subject)
            .ToDictionary(g => g.Key, g => DateOnly.FromDateTime(g.Min(e => e.Time).UtcDateTime));
        Assert.All(days, d => Assert.All(d.Accounts, a => Assert.Equal(d.Date, firstOrder[$"{a.System}/{a.Key}"])));
    }

    [Fact]
    public void Recency_alone_has_its_published_auc()
    {
        var file = File;
        var silent = RecencyBaseline.DaysSilent(RetailFeed.Days(Orders()), RetailFeed.Cut);
        var back = RetailTruth.CustomersWhoCameBack(ClosedReplay.After(RetailFeed.Cut, []), () => OrderLog.Open(file));
        var cases = silent.Select(s => new RankedCase(s.Value, !back.Contains(s.Key.Split('/')[1]))).ToList();
        Assert.Equal(0.6688, Math.Round(Ranking.Auc(cases)!.Value, 4));
        Assert.Equal(0.5205, Math.Round(cases.Count(c => c.Left) / (double)cases.Count, 4));
    }

    [Fact]
    public void Altering_every_line_after_the_cut_changes_no_byte_that_is_sent()
    {
        using var text = OrderLog.Open(File);
        var altered = new StringWriter();
        var changed = 0;
        while (text.ReadLine() is { } line)
        {
            var later = line.Contains(",2011-06-1", StringComparison.Ordinal) && !line.Contains(
                ",2011-06-10 ", StringComparison.Ordinal)
                || line.Contains(",2011-06-2", StringComparison.Ordinal) || line.Contains(
                    ",2011-06-3", StringComparison.Ordinal)
                || line.Contains(",2011-07-", StringComparison.Ordinal) || line.Contains(
                    ",2011-08-", StringComparison.Ordinal)
                || line.Contains(",2011-09-", StringComparison.Ordinal);
            if (later && changed++ % 3 == 0)
                continue;
            altered.Write(later ? line.Replace(".0,", "9.0,", StringComparison.Ordinal) + "X\n" : line + "\n");
        }
        Assert.True(changed > 100_000);
        Assert.Equal(
            Bytes.HashOf(RetailFeed.Days(Orders())),
            Bytes.HashOf(RetailFeed.Days(OrderLog.Read(new StringReader(altered.ToString()), RetailFeed.FirstDay, RetailFeed.Cut))));
    }
}
