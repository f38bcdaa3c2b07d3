using CsPlatform.Demo.Replaying;

namespace CsPlatform.Demo.Simulator;

/// <summary>What contacts answer: NPS every quarter, CSAT after a ticket, CES once after onboarding.</summary>
internal static class VoiceSimulator
{
    private const ulong Purpose = 20;
    private const int NpsEveryDays = 91, CesAfterDays = 40, Contacts = 4;

    public static void AddDay(ulong seed, CustomerLife life, DateOnly day, List<NewAnswer> into)
    {
        var random = SeededRandom.For(seed, Purpose, UseSimulator.Key(life, day));
        var mood = life.SatisfactionOn(day);
        // Who is on the way out answers less.
        var answers = 0.40 * Math.Min(1, 0.3 + 0.7 * life.Level(day));

        if ((day.DayNumber + life.Number * 13) % NpsEveryDays == 0)
            for (var contact = 0; contact < Contacts; contact++)
                if (random.Chance(answers))
                    into.Add(Answer(ref random, life, day, contact, "nps", 10 * (mood + 0.15) + 1.6 * random.Normal(), 0, 10));

        if (UseSimulator.TicketOn(seed, life, day.AddDays(-2)) && random.Chance(0.35))
        {
            var contact = random.Between(0, Contacts - 1);
            into.Add(Answer(ref random, life, day, contact, "csat", 1 + 4 * (mood + 0.1) + 0.8 * random.Normal(), 1, 5));
        }

        if (life.Onboarding is not null && day == life.KnownOn.AddDays(CesAfterDays) && random.Chance(answers * 1.5))
            into.Add(Answer(ref random, life, day, 0, "ces", 1 + 6 * mood + random.Normal(), 1, 7));
    }

    private static NewAnswer Answer(
        ref SeededRandom random, CustomerLife life, DateOnly day, int contact, string metric, double value, int min,
        int max)
    {
        var at = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).AddSeconds(
            random.Between(8 * 3600, 20 * 3600));
        var score = (int)Math.Clamp(Math.Round(value), min, max);
        return new(random.NextId(at), life.Id, $"{life.Key}-c{contact + 1}", metric, score, at);
    }
}
