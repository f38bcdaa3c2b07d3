namespace CsPlatform.Backbone;

/// <summary>What is stored of the daemon's progress.</summary>
/// <param name="Head">The highest number of a stored event.</param>
/// <param name="Stored">The number that each shard has reached, and the mark.</param>
internal sealed record StoredProgress(long Head, IReadOnlyDictionary<string, long> Stored);

/// <summary>A shard, or the mark, for which events wait.</summary>
/// <param name="Shard">Its name.</param>
/// <param name="At">The number of the event that it has reached.</param>
/// <param name="Waiting">How many numbers lie before it.</param>
/// <param name="For">How long it has not moved.</param>
internal sealed record Standstill(string Shard, long At, long Waiting, TimeSpan For);

/// <summary>
/// Remembers since when each shard has stood where it stands though events wait for it. The mark waits for the head of
/// the events, a shard for the mark: where the mark stands, the shards behind it are not to blame.
/// </summary>
internal sealed class Standstills(TimeProvider clock)
{
    /// <summary>Marten's name for the event up to which no number is missing that may still come.</summary>
    public const string Mark = "HighWaterMark";

    private readonly Dictionary<string, (long At, long Since)> seen = [];

    /// <summary>One look. Those that moved since the last one are in it too, with no time.</summary>
    public IReadOnlyList<Standstill> Look(StoredProgress now, IEnumerable<string> shards)
    {
        var mark = now.Stored.GetValueOrDefault(Mark);
        List<Standstill> found = [];
        foreach (var (shard, goal) in shards.Select(s => (s, mark)).Prepend((Mark, now.Head)))
        {
            var at = now.Stored.GetValueOrDefault(shard);
            if (at >= goal)
                seen.Remove(shard);
            else if (seen.TryGetValue(shard, out var before) && before.At == at)
                found.Add(new(shard, at, goal - at, clock.GetElapsedTime(before.Since)));
            else
            {
                seen[shard] = (at, clock.GetTimestamp());
                found.Add(new(shard, at, goal - at, TimeSpan.Zero));
            }
        }
        return found;
    }
}
