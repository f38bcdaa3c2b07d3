namespace CsPlatform.Demo.Simulator;

/// <summary>
/// One customer's life as the simulator knows it, its end included. Only what happens on a day leaves here, on that
/// day: neither the cause nor the level behind the use is ever sent.
/// </summary>
internal sealed record CustomerLife(int Number, Guid Id, string Key, string Name, Segment Segment, DateOnly KnownOn)
{
    public required string Industry { get; init; }
    public required string Country { get; init; }
    public required int Employees { get; init; }
    public required IReadOnlyList<Term> Terms { get; init; }
    public required IReadOnlyList<double> UserPropensities { get; init; }
    public required IReadOnlyList<Module> Modules { get; init; }
    public required Ramp? Onboarding { get; init; }
    public required IReadOnlyList<Dent> Dents { get; init; }
    public required Departure? Departure { get; init; }
    public required double Satisfaction { get; init; }
    public required double TicketsPerMonth { get; init; }
    public required bool HasAutomation { get; init; }

    /// <summary>Days of use before the account is registered: its events wait for its key.</summary>
    public required int EarlyDays { get; init; }

    public DateOnly UsesFrom => KnownOn.AddDays(-EarlyDays);

    public bool IsCustomerOn(DateOnly day) => day >= UsesFrom && (Departure is null || day < Departure.On);

    /// <summary>Use against the account's own normal, without season, weekday and chance.</summary>
    public double Level(DateOnly day)
    {
        var level = Onboarding?.Level(day.DayNumber - UsesFrom.DayNumber) ?? 1;
        foreach (var dent in Dents)
            level *= dent.Factor(day);
        return level;
    }

    /// <summary>Unhappy before leaving, where leaving shows at all.</summary>
    public double SatisfactionOn(DateOnly day) => Satisfaction - 0.5 * (1 - Math.Min(1, Level(day)));
}

internal enum Segment { Small, Middle, Large }

/// <summary>One contract. A renewal is the signing of the next one.</summary>
internal sealed record Term(
    int Index, DateOnly SignedOn, DateOnly StartsOn, DateOnly EndsOn, int Months, int Seats, decimal PerSeat);

internal sealed record Module(string Name, IReadOnlyList<string> Features);

/// <summary>How use grows after the start: to Ceiling, half of the way after HalfDays.</summary>
internal sealed record Ramp(double Ceiling, double HalfDays)
{
    public double Level(int days) => Ceiling * (1 - Math.Pow(2, -(days + 1) / HalfDays));
}

/// <summary>Use falls from a day on to Floor of what it was, and may heal.</summary>
/// <param name="FallDays">Days after which about two thirds of the fall are done.</param>
internal sealed record Dent(DateOnly From, double Floor, double FallDays, DateOnly? HealsFrom = null)
{
    private const double HealDays = 12;

    public double Factor(DateOnly day)
    {
        if (day < From)
            return 1;
        var until = HealsFrom is { } heals && heals < day ? heals : day;
        var factor = Floor + (1 - Floor) * Math.Exp(-(until.DayNumber - From.DayNumber) / FallDays);
        return HealsFrom is { } from && day > from
            ? 1 - (1 - factor) * Math.Exp(-(day.DayNumber - from.DayNumber) / HealDays)
            : factor;
    }
}

internal enum LeavingCause { OnboardingFailed, ChampionLost, SlowDecay, QuietlyNotRenewed, BudgetShock }

/// <param name="On">First day that the account is no customer.</param>
internal sealed record Departure(DateOnly On, LeavingCause Cause);
