using CsPlatform.Demo.Replaying;

namespace CsPlatform.Demo.Simulator;

/// <summary>
/// The sample company: what its systems send, day by day, and apart from that the truth, which the simulator knows
/// beyond the last day.
/// </summary>
internal sealed record SampleCompany(IReadOnlyList<ReplayDay> Days, SampleTruth Truth)
{
    public const ulong DefaultSeed = 20_260_301;
    public const int OldCustomers = 130, NewCustomers = 90;

    /// <summary>Adoption is declared by the CSM after this many days, where the customer uses the product.</summary>
    private const int OnboardingDays = 45;

    private const ulong ArrivalPurpose = 30, DeliveryPurpose = 31, ContractPurpose = 32;

    public static readonly DateOnly FirstDay = new(2024, 7, 1), LastDay = new(2025, 12, 30);

    public static SampleCompany Simulate(ulong seed = DefaultSeed, DateOnly? lastDay = null)
    {
        var last = lastDay ?? LastDay;
        var lives = Lives(seed).ToList();
        var days = new ReplayDay[last.DayNumber - FirstDay.DayNumber + 1];
        for (var i = 0; i < days.Length; i++)
            days[i] = new(FirstDay.AddDays(i));
        foreach (var life in lives)
            Play(seed, life, days);
        return new(days, new(last, lives));
    }

    private static IEnumerable<CustomerLife> Lives(ulong seed)
    {
        for (var number = 0; number < OldCustomers; number++)
            yield return LifeSimulator.Draw(seed, number, FirstDay, FirstDay, isNew: false);
        var span = LastDay.DayNumber - FirstDay.DayNumber - 30;
        for (var number = OldCustomers; number < OldCustomers + NewCustomers; number++)
        {
            var arrival = SeededRandom.For(seed, ArrivalPurpose, (ulong)number).Between(5, span);
            yield return LifeSimulator.Draw(seed, number, FirstDay, FirstDay.AddDays(arrival), isNew: true);
        }
    }

    private static void Play(ulong seed, CustomerLife life, ReplayDay[] days)
    {
        ReplayDay? At(DateOnly day) => Index(day) is var i && i >= 0 && i < days.Length ? days[i] : null;
        static int Index(DateOnly day) => day.DayNumber - FirstDay.DayNumber;

        if (At(life.KnownOn) is not { } known)
            return;
        known.Accounts.Add(new(life.Id, life.Name, UseSimulator.System, life.Key, life.Industry, life.Employees, life.Country,
            life.Segment switch { Segment.Small => "team", Segment.Middle => "business", _ => "enterprise" },
            life.Segment == Segment.Large ? "vip" : "stable"));
        known.Stages.Add(new(life.Id, life.Onboarding is null ? "adoption" : "onboarding", null));
        if (life.Onboarding is not null && life.Level(life.KnownOn.AddDays(OnboardingDays)) > 0.5)
            At(life.KnownOn.AddDays(OnboardingDays))?.Stages.Add(new(life.Id, "adoption", "in regular use"));
        foreach (var term in life.Terms)
            At(term.SignedOn)?.Contracts.Add(Contract(seed, life, term));
        if (life.Departure is { } departure)
            At(departure.On)?.Stages.Add(new(life.Id, "churned", null));

        var random = SeededRandom.For(seed, DeliveryPurpose, (ulong)life.Number);
        var events = new List<UsageEvent>();
        for (var i = Math.Max(0, Index(life.UsesFrom)); i < days.Length && life.IsCustomerOn(days[i].Date); i++)
        {
            events.Clear();
            UseSimulator.AddDay(seed, life, days[i].Date, events);
            foreach (var e in events)
                Deliver(ref random, e, days, i);
            if (days[i].Date > life.KnownOn)
                VoiceSimulator.AddDay(seed, life, days[i].Date, days[i].Answers);
        }
    }

    /// <summary>Some events come days after they happened, some come twice.</summary>
    private static void Deliver(ref SeededRandom random, UsageEvent e, ReplayDay[] days, int index)
    {
        if (random.Chance(0.03))
            index += random.NextDouble() switch
            {
                < 0.75 => random.Between(1, 2),
                < 0.95 => random.Between(3, 10),
                _ => random.Between(11, 30),
            };
        var again = random.Chance(0.012) ? index + random.Between(0, 3) : -1;
        if (index < days.Length)
            days[index].Events.Add(e);
        if (again >= 0 && again < days.Length)
            days[again].Events.Add(e);
    }

    private static NewContract Contract(ulong seed, CustomerLife life, Term term)
    {
        var random = SeededRandom.For(seed, ContractPurpose, (ulong)(life.Number * 100 + term.Index));
        var billing = term.Months switch { 3 => "quarterly", 6 => "monthly", _ => "yearly" };
        var months = billing switch { "monthly" => 1, "quarterly" => 3, _ => 12 };
        return new(random.NextId(new(term.SignedOn, TimeOnly.MinValue, TimeSpan.Zero)), life.Id, term.StartsOn, term.EndsOn,
            term.Seats, [.. life.Modules.Select(m => m.Name)], term.Seats * term.PerSeat * months, billing);
    }
}

/// <summary>What becomes of the customers. For the print-out after the last day, and for nothing else.</summary>
internal sealed class SampleTruth(DateOnly lastDay, IReadOnlyList<CustomerLife> lives)
{
    /// <summary>Every departure up to the end of the horizon after the last day, by account.</summary>
    public IReadOnlyDictionary<Guid, Departure> Departures(int horizonDays) => lives
        .Where(l => l.Departure is { } d && d.On <= lastDay.AddDays(horizonDays) && l.KnownOn <= lastDay)
        .ToDictionary(l => l.Id, l => l.Departure!);
}
