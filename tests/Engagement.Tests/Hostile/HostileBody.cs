using System.Text;
using System.Text.Json.Nodes;

namespace CsPlatform.Engagement.Tests.Hostile;

/// <summary>A body as somebody may send it, and what has to become of it, whatever carries it.</summary>
/// <param name="Name">What is special about it.</param>
/// <param name="Bytes">As they travel.</param>
/// <param name="IsBatch">What an HTTP client says of it; over AMQP the body speaks for itself.</param>
/// <param name="Items">What of it is judged: its events, or the whole body where it can't be cut into any.</param>
internal sealed record HostileBody(string Name, byte[] Bytes, bool IsBatch, IReadOnlyList<HostileItem> Items)
{
    public static HostileBody Single(string name, byte[] json, string? code, string? occurredAt = null) =>
        new(name, json, IsBatch: false, [new(json, code, occurredAt)]);

    public static HostileBody Single(string name, string json, string? code, string? occurredAt = null) =>
        Single(name, Encoding.UTF8.GetBytes(json), code, occurredAt);

    public static HostileBody Single(string name, JsonObject e, string? code, string? occurredAt = null) =>
        Single(name, e.ToJsonString(), code, occurredAt);

    public static HostileBody Batch(string name, IReadOnlyList<HostileItem> items) => new(
        name,
        [(byte)'[', .. items.SelectMany((item, i) => i == 0 ? item.Bytes : [(byte)',', .. item.Bytes]), (byte)']'],
        IsBatch: true, items);

    /// <summary>A batch that is refused as a whole.</summary>
    public static HostileBody BatchOfNone(string name, string json, string code) =>
        Single(name, json, code) with { IsBatch = true };

    /// <summary>Whether its only item is itself.</summary>
    public bool IsWhole => Items is [var only] && only.Bytes == Bytes;
}

/// <summary>What is judged by itself.</summary>
/// <param name="Bytes">Those that are kept when it is parked.</param>
/// <param name="Code">Why it is refused or parked; null where it is counted.</param>
/// <param name="OccurredAt">
/// When a counted event happened, UTC as PostgreSQL writes it; null where that is as sent.
/// </param>
internal sealed record HostileItem(byte[] Bytes, string? Code, string? OccurredAt = null)
{
    public static HostileItem Of(JsonObject e, string? code) => new(Encoding.UTF8.GetBytes(e.ToJsonString()), code);

    /// <summary>Kept with its id and counted later: no refusal, so HTTP takes it.</summary>
    public bool Waits => Code is "unknown-subject" or "time-too-old" or "time-in-future";
}
