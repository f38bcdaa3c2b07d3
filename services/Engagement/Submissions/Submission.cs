using CsPlatform.Engagement.UsageEvents;

namespace CsPlatform.Engagement.Submissions;

/// <summary>What became of one item. Travels in lower case.</summary>
internal enum ItemStatus
{
    Accepted,
    Repeated,
    Refused,
    Parked,
}

/// <summary>
/// What became of one item, with a code of <see cref="IntakeCodes"/> where it was not simply accepted.
/// </summary>
internal readonly record struct ItemResult(ItemStatus Status, string? Code = null, string? Detail = null)
{
    public static ItemResult Refused(UsageEventRefusedException refusal) =>
        new(ItemStatus.Refused, refusal.Code, refusal.Message);
}

/// <summary>How a request or delivery came, for what of it is parked.</summary>
/// <param name="Transport">http or amqp.</param>
/// <param name="Sender">The token's subject, or the broker-checked user id.</param>
/// <param name="HeadersJson">A JSON object of strings.</param>
/// <param name="ReceivedAt">UTC in whole microseconds; the time of an event that carries none.</param>
/// <param name="Traceparent">The activity that the effects belong to.</param>
/// <param name="ParksRefusals">Nobody is there to be answered, so refused items are kept.</param>
internal sealed record Origin(
    string Transport, string? Sender, string HeadersJson, DateTimeOffset ReceivedAt, string? Traceparent,
    bool ParksRefusals);

/// <summary>One request or delivery on its way into the database.</summary>
internal sealed class Submission(Origin origin, IReadOnlyList<UsageItem> items)
{
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Origin Origin { get; } = origin;

    public IReadOnlyList<UsageItem> Items { get; } = items;

    /// <summary>Valid once <see cref="Committed"/> has ended.</summary>
    public ItemResult[] Results { get; } =
        [.. items.Select(i => i.Refusal is null ? default : ItemResult.Refused(i.Refusal))];

    /// <summary>Ends after the commit; fails when the database could not be reached.</summary>
    public Task Committed => done.Task;

    public void Succeed() => done.TrySetResult();

    public void Fail(Exception reason) => done.TrySetException(reason);

    /// <summary>The items that the database must hear of.</summary>
    public IEnumerable<Entry> Entries()
    {
        for (var i = 0; i < Items.Count; i++)
            if (Items[i].Event is not null || Origin.ParksRefusals)
                yield return new Entry(this, i);
    }
}

/// <summary>One item of one submission.</summary>
internal readonly record struct Entry(Submission Submission, int Index)
{
    public UsageItem Item => Submission.Items[Index];

    public Origin Origin => Submission.Origin;
}
