using CsPlatform.Demo.Alerts;

namespace CsPlatform.Demo.Measuring;

/// <summary>How long before an account left an alert had been open without a break; null where none was.</summary>
internal sealed record Warning(Guid AccountId, string Cause, int? DaysAhead)
{
    /// <summary>For everyone who left up to this day.</summary>
    public static IReadOnlyList<Warning> Of(IReadOnlyList<Episode> episodes, Truth truth, DateOnly through)
    {
        var byAccount = episodes.ToLookup(e => e.AccountId);
        return
        [
            .. from departure in truth.Departures
               where departure.Value.On <= through
               let lastDay = departure.Value.On.AddDays(-1)
               let open = byAccount[departure.Key].Where(e => e.IsOpenOn(lastDay)).ToList()
               select new Warning(departure.Key, departure.Value.Cause,
                   open.Count == 0 ? null : open.Max(e => departure.Value.On.DayNumber - e.RaisedOn.DayNumber)),
        ];
    }
}
