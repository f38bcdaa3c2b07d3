using CsPlatform.Accounts.Life;

namespace CsPlatform.Accounts.Timeline;

/// <summary>
/// One line of an account's life, without its wording: a reader's language makes it from kind and text.
/// </summary>
/// <param name="Id">The event.</param>
/// <param name="Version">The event's place in the account's stream, the order of recording.</param>
/// <param name="Kind">What happened, e.g. stageEntered.</param>
/// <param name="Text">What the wording needs, by name; times and numbers in invariant form.</param>
/// <param name="OccurredAt">When it was so, UTC.</param>
/// <param name="RecordedAt">When we learned it, UTC.</param>
/// <param name="Author">The user who did it, or the service that heard it.</param>
/// <param name="MessageId">The message that told us, where another service did.</param>
internal sealed record TimelineEntry(
    Guid Id, Guid AccountId, long Version, string Kind, IReadOnlyDictionary<string, string> Text,
    DateTimeOffset OccurredAt, DateTimeOffset RecordedAt, string? Author, Guid? MessageId)
{
    /// <summary>As it is shown: what was stored in the spelling of old is spelled as today.</summary>
    public TimelineEntry Shown() => Text.TryGetValue("category", out var category)
        ? this with { Text = new Dictionary<string, string>(Text) { ["category"] = RiskCategory.Name(category) } }
        : this;
}
