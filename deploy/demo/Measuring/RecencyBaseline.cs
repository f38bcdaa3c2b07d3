using CsPlatform.Demo.Replaying;

namespace CsPlatform.Demo.Measuring;

/// <summary>
/// The simplest judge: who used nothing for long is at risk. From what was sent, and from nothing else.
/// </summary>
internal static class RecencyBaseline
{
    /// <summary>
    /// Days since the last use by a person, by the subject of the events; a subject without use is not in it.
    /// </summary>
    public static IReadOnlyDictionary<string, int> DaysSilent(IEnumerable<ReplayDay> days, DateOnly asOf) => days
        .TakeWhile(d => d.Date <= asOf)
        .SelectMany(d => d.Events)
        .Where(e => !e.Automation)
        .GroupBy(e => e.Subject)
        .ToDictionary(
            g => g.Key, g => asOf.DayNumber - DateOnly.FromDateTime(g.Max(e => e.Time).UtcDateTime).DayNumber);
}
