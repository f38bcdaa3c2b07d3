namespace CsPlatform.Demo.Measuring;

/// <param name="On">First day that the account is no customer.</param>
/// <param name="Cause">In words; only a simulator knows it.</param>
internal sealed record Leaving(DateOnly On, string Cause);

/// <summary>What really became of the accounts. Exists only after the replay.</summary>
internal sealed class Truth
{
    public const int HorizonDays = 91;

    private readonly IReadOnlySet<Guid>? silentAfterTheEnd;

    private Truth(IReadOnlyDictionary<Guid, Leaving> departures, IReadOnlySet<Guid>? silent) =>
        (Departures, silentAfterTheEnd) = (departures, silent);

    /// <summary>Departures with their day, where there is one; those during the replay among them.</summary>
    public IReadOnlyDictionary<Guid, Leaving> Departures { get; }

    public static Truth OfDepartures(IReadOnlyDictionary<Guid, Leaving> departures) => new(departures, null);

    public static Truth OfSilence(IReadOnlySet<Guid> silentAfterTheEnd) =>
        new(new Dictionary<Guid, Leaving>(), silentAfterTheEnd);

    public bool IsCustomerOn(Guid account, DateOnly day) =>
        !Departures.TryGetValue(account, out var leaving) || leaving.On > day;

    /// <summary>Of the customers of that day, those who left in the days after.</summary>
    public bool LeftAfter(Guid account, DateOnly day) => silentAfterTheEnd?.Contains(account)
        ?? (Departures.TryGetValue(account, out var leaving) && leaving.On > day
            && leaving.On.DayNumber - day.DayNumber <= HorizonDays);
}
