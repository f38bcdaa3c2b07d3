namespace CsPlatform.Engagement.DailyUse;

/// <summary>
/// The people and features of days that are known to be stored: they are never taken away, so to name them again is no
/// news to the database, and most events name somebody who was there before.
/// </summary>
internal sealed class DayMemory
{
    /// <summary>About 100 bytes each.</summary>
    private const int NamesMax = 400_000;

    private readonly Lock gate = new();
    private readonly HashSet<(Guid, DateOnly, string)> users = [];
    private readonly HashSet<(Guid, DateOnly, string)> features = [];

    /// <summary>The same days with those people and features alone that may be new.</summary>
    public IReadOnlyList<DayDelta> News(IReadOnlyList<DayDelta> deltas)
    {
        lock (gate)
            return
            [
                .. deltas.Select(d => d with
                {
                    Users = [.. d.Users.Where(u => !users.Contains((d.AccountId, d.Day, u)))],
                    Features = [.. d.Features.Where(f => !features.Contains((d.AccountId, d.Day, f)))],
                }),
            ];
    }

    /// <summary>Only what is committed.</summary>
    public void Remember(IReadOnlyList<DayDelta> deltas)
    {
        lock (gate)
        {
            if (users.Count + features.Count > NamesMax)
            {
                users.Clear();
                features.Clear();
            }

            foreach (var d in deltas)
            {
                foreach (var user in d.Users)
                    users.Add((d.AccountId, d.Day, user));
                foreach (var feature in d.Features)
                    features.Add((d.AccountId, d.Day, feature));
            }
        }
    }
}
