using System.Collections.Concurrent;
using Npgsql;

namespace CsPlatform.Engagement.Writing;

/// <summary>
/// Makes the day partitions that a write needs, by a function of the owner: this role makes no tables.
/// </summary>
internal sealed class DayPartitions
{
    private readonly ConcurrentDictionary<DateOnly, bool> known = new();

    /// <summary>Call it outside a transaction, so that nobody waits for a new partition's lock.</summary>
    public async Task Ensure(NpgsqlConnection connection, IEnumerable<DateTimeOffset> times)
    {
        HashSet<DateOnly>? missing = null;
        foreach (var time in times)
            if (DateOnly.FromDateTime(time.UtcDateTime) is var day && !known.ContainsKey(day))
                (missing ??= []).Add(day);
        if (missing is null)
            return;

        await using var command = new NpgsqlCommand("select engagement.make_usage_event_days($1)", connection);
        command.Parameters.Add(new() { Value = missing.Order().ToArray() });
        await command.ExecuteNonQueryAsync();
        foreach (var day in missing)
            known[day] = true;
    }

    /// <summary>What is known may be wrong: ask again.</summary>
    public void Forget() => known.Clear();
}
