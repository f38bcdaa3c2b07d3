using CsPlatform.Engagement.UsageEvents;

namespace CsPlatform.Engagement.Submissions;

/// <summary>An event that asks for its id.</summary>
internal sealed class Claim(Entry entry, UsageEvent usageEvent, int sourceId)
{
    public Entry Entry { get; } = entry;

    public UsageEvent Event { get; } = usageEvent;

    public int SourceId { get; } = sourceId;

    public (int SourceId, string Id) Key => (SourceId, Event.Id);

    public DateTimeOffset OccurredAt => Event.Time ?? Entry.Origin.ReceivedAt;

    /// <summary>Null while it is new and to be counted.</summary>
    public ItemResult? Outcome { get; set; }

    public CountedUse CountFor(Guid account) =>
        new(Event, SourceId, account, OccurredAt, Entry.Origin.ReceivedAt, Entry.Origin.Traceparent);

    public ParkedItem Park(string reason, string detail)
    {
        Outcome = new ItemResult(ItemStatus.Parked, reason, detail);
        return new ParkedItem(Entry, reason, detail, Claimed: true);
    }
}
