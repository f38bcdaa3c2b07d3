using CsPlatform.Engagement.UsageEvents;

namespace CsPlatform.Engagement.Submissions;

/// <summary>An event whose account is known.</summary>
internal sealed record CountedUse(
    UsageEvent Event, int SourceId, Guid AccountId, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt,
    string? Traceparent)
{
    public DateOnly Day => DateOnly.FromDateTime(OccurredAt.UtcDateTime);
}
