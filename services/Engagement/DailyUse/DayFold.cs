using CsPlatform.Engagement.Submissions;

namespace CsPlatform.Engagement.DailyUse;

/// <summary>What a number of events add to one day of one account.</summary>
/// <param name="Users">Distinct, in ordinal order; some may be known for that day already.</param>
/// <param name="Features">Likewise.</param>
/// <param name="Traceparent">Of one of the writes.</param>
internal sealed record DayDelta(
    Guid AccountId, DateOnly Day, int Events, decimal Minutes,
    IReadOnlyCollection<string> Users, IReadOnlyCollection<string> Features, string? Traceparent);

/// <summary>Pure: the same events in any order and any grouping add up to the same figures.</summary>
internal static class DayFold
{
    /// <returns>Sorted by account and day. Automation is no use and is left out.</returns>
    public static IReadOnlyList<DayDelta> Fold(IEnumerable<CountedUse> uses)
    {
        var days = new Dictionary<(Guid, DateOnly), Sum>();
        foreach (var use in uses)
        {
            if (use.Event.Use.Automation)
                continue;
            if (!days.TryGetValue((use.AccountId, use.Day), out var sum))
                days.Add((use.AccountId, use.Day), sum = new Sum { Traceparent = use.Traceparent });
            sum.Events++;
            sum.Minutes += use.Event.Use.Minutes;
            if (use.Event.Use.User is { } user)
                sum.Users.Add(user);
            foreach (var feature in use.Event.Use.Features)
                sum.Features.Add(feature);
        }

        return
        [
            .. days.OrderBy(d => d.Key).Select(d => new DayDelta(
                d.Key.Item1, d.Key.Item2, d.Value.Events, d.Value.Minutes, d.Value.Users, d.Value.Features,
                d.Value.Traceparent)),
        ];
    }

    private sealed class Sum
    {
        public int Events { get; set; }
        public decimal Minutes { get; set; }
        public SortedSet<string> Users { get; } = new(StringComparer.Ordinal);
        public SortedSet<string> Features { get; } = new(StringComparer.Ordinal);
        public string? Traceparent { get; init; }
    }
}
