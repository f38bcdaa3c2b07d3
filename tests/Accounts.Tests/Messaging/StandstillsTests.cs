using CsPlatform.Backbone;





namespace CsPlatform.Accounts.Tests.Messaging;

/// <summary>Who stands still, and since when; pure.</summary>
public sealed class StandstillsTests
{
    private readonly Watch watch = new();
    private readonly Standstills standstills;

    public StandstillsTests() => standstills = new(watch);

    [Fact]
    public void Who_is_at_the_mark_stands_at_no_fault()
    {
        Look(head: 10, mark: 10, rows: 10);
        watch.Seconds = 600;

        Assert.Empty(Look(head: 10, mark: 10, rows: 10));
    }

    [Fact]
    public void A_shard_counts_from_the_first_look_at_which_it_stood_there()
    {
        Look(head: 10, mark: 10, rows: 7);
        watch.Seconds = 40;

        Assert.Equal([("rows", 7L, 3L, 40d)], Look(head: 10, mark: 10, rows: 7));
    }

    [Fact]
    public void A_shard_that_moves_begins_anew_however_much_waits()
    {
        Look(head: 10, mark: 10, rows: 7);
        watch.Seconds = 40;
        Look(head: 900, mark: 900, rows: 8);
        watch.Seconds = 45;

        Assert.Equal([("rows", 8L, 892L, 5d)], Look(head: 900, mark: 900, rows: 8));
    }

    [Fact]
    public void Where_the_mark_stands_the_shards_at_it_are_not_to_blame()
    {
        Look(head: 12, mark: 7, rows: 7);
        watch.Seconds = 40;

        Assert.Equal([(Standstills.Mark, 7L, 5L, 40d)], Look(head: 12, mark: 7, rows: 7));
    }

    [Fact]
    public void A_shard_without_stored_progress_waits_from_the_beginning() =>
        Assert.Equal([("rows", 0L, 3L, 0d)],
            Shown(standstills.Look(new(3, new Dictionary<string, long> { [Standstills.Mark] = 3 }), ["rows"])));

    private IEnumerable<(string, long, long, double)> Look(long head, long mark, long rows) => Shown(standstills.Look(
        new(head, new Dictionary<string, long> { [Standstills.Mark] = mark, ["rows"] = rows }), ["rows"]));

    private static IEnumerable<(string, long, long, double)> Shown(IEnumerable<Standstill> found) =>
        [.. found.Select(s => (s.Shard, s.At, s.Waiting, s.For.TotalSeconds))];

    internal sealed class Watch : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
