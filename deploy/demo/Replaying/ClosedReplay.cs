namespace CsPlatform.Demo.Replaying;

/// <summary>
/// Says that the last day was played and closed: nothing more goes to the system. Only <see cref="Replay"/> makes one,
/// and only with one in hand can the later truth be read.
/// </summary>
internal sealed class ClosedReplay
{
    public DateOnly LastDay { get; }
    public IReadOnlyList<DayFigures> Days { get; }

    private ClosedReplay(DateOnly lastDay, IReadOnlyList<DayFigures> days) => (LastDay, Days) = (lastDay, days);

    internal static ClosedReplay After(DateOnly lastDay, IReadOnlyList<DayFigures> days) => new(lastDay, days);
}
