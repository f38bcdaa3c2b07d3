using CsPlatform.Demo.Replaying;

namespace CsPlatform.Demo.Simulator;

/// <summary>
/// A day of one customer's use: sessions of people, the noise of their automation, tickets at the help desk.
/// </summary>
internal static class UseSimulator
{
    public const string System = "sample";
    public const string WebSource = "/sample/web", MobileSource = "/sample/mobile", DeskSource = "/sample/desk";
    public const string SessionType = "com.example.sample.session.ended";
    public const string SyncType = "com.example.sample.sync.run";
    public const string TicketType = "com.example.sample.ticket.opened";

    private const ulong DayPurpose = 10, WeekPurpose = 11, TicketPurpose = 12;
    private const double WeeklyNoise = 0.18;
    private const double MobileShare = 0.25;

    public static void AddDay(ulong seed, CustomerLife life, DateOnly day, List<UsageEvent> into)
    {
        var random = SeededRandom.For(seed, DayPurpose, Key(life, day));
        var level = life.Level(day);
        var week = SeededRandom.For(seed, WeekPurpose, Key(life, DateOnly.FromDayNumber(day.DayNumber / 7 * 7)));
        var share = level * ChurnShape.Weekday(day) * ChurnShape.UseSeason(day) * Math.Exp(WeeklyNoise * week.Normal());

        for (var user = 0; user < life.UserPropensities.Count; user++)
            if (random.Chance(Math.Min(0.98, life.UserPropensities[user] * share)))
                into.Add(Session(ref random, life, day, user, level));

        if (life.HasAutomation)
            for (var run = random.Between(0, 3); run > 0; run--)
                into.Add(Event(ref random, life, day, WebSource, SyncType, "sync", true, [ProductModules.AutomationFeature], 0));

        if (TicketOn(seed, life, day))
            into.Add(Event(ref random, life, day, DeskSource, TicketType, "desk", true, [], 0) with { OverAmqp = true });
    }

    /// <summary>Whether the account opens a ticket: more when it is unhappy.</summary>
    public static bool TicketOn(ulong seed, CustomerLife life, DateOnly day)
    {
        var unhappy = 1 - life.SatisfactionOn(day);
        return SeededRandom.For(seed, TicketPurpose, Key(life, day))
            .Chance(life.TicketsPerMonth / 30 * (0.6 + 1.2 * unhappy) * (ChurnShape.Weekday(day) + 0.05));
    }

    internal static ulong Key(CustomerLife life, DateOnly day) => (ulong)life.Number << 32 | (uint)day.DayNumber;

    private static UsageEvent Session(ref SeededRandom random, CustomerLife life, DateOnly day, int user, double level)
    {
        // Who is on the way out does less in fewer corners.
        var wanted = 1 + (int)(random.NextDouble() * 3.4 * Math.Min(1, 0.4 + 0.6 * level));
        var features = new List<string>(wanted);
        for (var i = 0; i < wanted; i++)
        {
            // A user has a favourite module and looks into the others now and then.
            var module = random.Chance(0.6) ? life.Modules[user % life.Modules.Count] : random.Pick(life.Modules);
            var feature = random.Pick(module.Features);
            if (!features.Contains(feature))
                features.Add(feature);
        }
        var mobile = random.Chance(MobileShare);
        var minutes = Math.Clamp(
            (int)Math.Round(Math.Exp(3.0 + 0.7 * random.Normal()) * Math.Min(1, 0.5 + 0.5 * level)), 1, 240);
        var source = mobile ? MobileSource : WebSource;
        var session = Event(ref random, life, day, source, SessionType, $"u{user + 1}", false, features, minutes);
        return session with { OverAmqp = mobile };
    }

    private static UsageEvent Event(
        ref SeededRandom random, CustomerLife life, DateOnly day, string source, string type, string user,
        bool automation,
        IReadOnlyList<string> features, int minutes)
    {
        // People work by day, machines at any hour.
        var second = automation ? random.Between(0, 86_399) : random.Between(6 * 3600, 21 * 3600);
        var time = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).AddSeconds(second);
        return new(
            $"{random.NextUInt64():x16}", source, type, $"{System}/{life.Key}", time, user, automation, features,
            minutes);
    }
}
