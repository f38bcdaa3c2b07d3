namespace CsPlatform.Demo.Simulator;

/// <summary>Draws customers' lives, term by term, by README.md in this folder.</summary>
internal static class LifeSimulator
{
    private const ulong WhoPurpose = 1, TermPurpose = 2, DipPurpose = 3;
    private const int YearsAhead = 4; // beyond any replay, so that a longer replay draws the same lives

    public static CustomerLife Draw(ulong seed, int number, DateOnly first, DateOnly knownOn, bool isNew)
    {
        var random = SeededRandom.For(seed, WhoPurpose, (ulong)number);
        var segment = random.NextDouble() switch { < 0.45 => Segment.Small, < 0.82 => Segment.Middle, _ => Segment.Large };
        var users = segment switch
        {
            Segment.Small => random.Between(3, 6),
            Segment.Middle => random.Between(5, 11),
            _ => random.Between(10, 20),
        };
        var months = random.NextDouble() switch { < 0.15 => 3, < 0.40 => 6, _ => 12 };
        var age = isNew ? 0 : random.Between(60, 1100);
        var yearly = ChurnShape.DrawPropensity(
            ref random, segment == Segment.Small ? ChurnShape.Regular : ChurnShape.HighEnd, age / 365);
        var onboardingFails = isNew && random.Chance(ChurnShape.OnboardingFails);
        var signedFor = knownOn.AddDays(-age);
        var start = signedFor;
        while (start.AddMonths(months) <= knownOn)
            start = start.AddMonths(months);

        var (terms, dents, departure) = Live(
            new(seed, number, months, yearly, onboardingFails, start, (int)Math.Ceiling(users / random.Between(0.55, 0.95)),
                segment switch { Segment.Small => 39m, Segment.Middle => 32m, _ => 27m }, first, knownOn));
        return new(number, random.NextId(new(knownOn, TimeOnly.MinValue, TimeSpan.Zero)),
            $"{1000 + number}", CompanyNames.Draw(number, seed), segment, knownOn)
        {
            Industry = random.Pick(CompanyNames.Industries),
            Country = random.Pick(CompanyNames.Countries),
            Employees = users * random.Between(6, 40),
            Terms = terms,
            UserPropensities = [.. Draws(users, random.NextUInt64(), 0.35, 0.95)],
            Modules = ProductModules.Draw(ref random, segment),
            Onboarding = isNew
                ? new(onboardingFails ? random.Between(0.08, 0.30) : 1, random.Between(6.0, 20.0))
                : null,
            Dents = [.. dents, .. Dips(seed, number, first)],
            Departure = departure,
            Satisfaction = Math.Clamp(0.68 + 0.17 * random.Normal(), 0.1, 1),
            TicketsPerMonth = 0.2 + random.Exponential(0.5),
            HasAutomation = random.Chance(0.35),
            EarlyDays = isNew && random.Chance(0.08) ? random.Between(1, 3) : 0,
        };
    }

    private sealed record Course(
        ulong Seed, int Number, int Months, double Yearly, bool OnboardingFails, DateOnly Start, int Seats,
        decimal PerSeat,
        DateOnly First, DateOnly KnownOn);

    private static (List<Term>, List<Dent>, Departure?) Live(Course c)
    {
        var (terms, dents) = (new List<Term>(), new List<Dent>());
        var seats = c.Seats;
        for (var (index, start, signed) = (0, c.Start, c.KnownOn); start < c.First.AddYears(YearsAhead); index++)
        {
            var random = SeededRandom.For(c.Seed, TermPurpose, (ulong)(c.Number * 100 + index));
            var end = start.AddMonths(c.Months).AddDays(-1);
            terms.Add(new(index, signed, start, end, c.Months, seats, c.PerSeat));
            if (Term(ref random, c, index, start > c.KnownOn ? start : c.KnownOn, end, dents) is { } departure)
                return (terms, dents, departure);
            signed = end.AddDays(-random.Between(3, Math.Min(40, 20 * c.Months / 3)));
            start = end.AddDays(1);
            seats = Math.Max(2, (int)Math.Round(seats * (1 + (random.Chance(0.3) ? random.Between(-0.15, 0.35) : 0))));
        }
        return (terms, dents, null);
    }

    /// <summary>What happens in one term; a departure ends the life.</summary>
    private static Departure? Term(
        ref SeededRandom random, Course c, int index, DateOnly from, DateOnly end, List<Dent> dents)
    {
        var loss = from.AddDays((int)Math.Min(100_000, random.Exponential(365 / ChurnShape.ChampionLossPerYear)));
        var heals = random.Chance(ChurnShape.ChampionLossHeals);
        var lost = loss < end;
        if (lost)
            dents.Add(new(loss, random.Between(0.30, 0.65), 8, heals ? loss.AddDays(random.Between(30, 75)) : null));

        for (var day = from; day <= end; day = day.AddDays(1))
            if (random.Chance(ChurnShape.BudgetShockPerYear / 365 * ChurnShape.ShockSeason(day)))
                return new(day.AddDays(random.Between(1, 21)), LeavingCause.BudgetShock);

        var leavesAt = end.AddDays(1);
        if (index == 0 && c.OnboardingFails && random.Chance(ChurnShape.FailedOnboardingLeaves))
            return new(leavesAt, LeavingCause.OnboardingFailed);
        if (lost && !heals && random.Chance(ChurnShape.UnhealedLeaves))
            return new(leavesAt, LeavingCause.ChampionLost);
        if (!random.Chance(ChurnShape.OfTerm(c.Yearly, c.Months)))
            return null;
        if (!random.Chance(ChurnShape.DecayBeforeLeaving))
            return new(leavesAt, LeavingCause.QuietlyNotRenewed);

        var decaysFrom = end.AddDays(-random.Between(30, 150));
        dents.Add(new(decaysFrom > from ? decaysFrom : from, random.Between(0.03, 0.30), random.Between(15.0, 50.0)));
        return new(leavesAt, LeavingCause.SlowDecay);
    }

    private static IEnumerable<Dent> Dips(ulong seed, int number, DateOnly first)
    {
        var random = SeededRandom.For(seed, DipPurpose, (ulong)number);
        var day = first;
        while (true)
        {
            day = day.AddDays(1 + (int)random.Exponential(365 / ChurnShape.DipsPerYear));
            if (day >= first.AddYears(YearsAhead))
                yield break;
            yield return new(day, random.Between(0.25, 0.6), 4, day.AddDays(random.Between(15, 45)));
        }
    }

    private static IEnumerable<double> Draws(int count, ulong seed, double low, double high)
    {
        var random = new SeededRandom(seed);
        for (var i = 0; i < count; i++)
            yield return random.Between(low, high);
    }
}
