namespace CsPlatform.Demo.Simulator;

/// <summary>The figures behind README.md in this folder: how the sample company's customers come to leave.</summary>
internal static class ChurnShape
{
    /// <summary>
    /// Beta of the yearly propensity not to renew: Fader &amp; Hardie (2007), the regular and the high-end cohort.
    /// Because propensities differ, those who stay are those who like to stay: the hazard of a cohort falls with its
    /// age.
    /// </summary>
    public static readonly (double A, double B) Regular = (0.704, 1.182), HighEnd = (0.668, 3.806);

    /// <summary>
    /// Customers of this many years have already renewed so often: their propensity is drawn from the posterior.
    /// </summary>
    public static double DrawPropensity(ref SeededRandom random, (double A, double B) cohort, double years) =>
        random.Beta(cohort.A, cohort.B + years);

    /// <summary>
    /// The chance to leave at the end of one term, such that a year of terms has the yearly propensity.
    /// </summary>
    public static double OfTerm(double yearly, int months) => 1 - Math.Pow(1 - yearly, months / 12.0);

    public const double DecayBeforeLeaving = 0.70;      // the others leave without a sign in their use
    public const double OnboardingFails = 0.12;         // of new customers
    public const double FailedOnboardingLeaves = 0.75;  // at the end of the first term
    public const double ChampionLossPerYear = 0.10;
    public const double ChampionLossHeals = 0.50;
    public const double UnhealedLeaves = 0.80;          // at the end of the running term
    public const double BudgetShockPerYear = 0.03;      // at once, whatever the contract says, without a sign
    public const double DipsPerYear = 0.5;              // use falls for weeks and comes back: not every fall is a farewell

    /// <summary>Budgets are cut around the turn of the year.</summary>
    public static double ShockSeason(DateOnly day) => day.Month is 12 or 1 or 2 ? 2.0 : 2.0 / 3;

    /// <summary>Less work in August and around the turn of the year.</summary>
    public static double UseSeason(DateOnly day) => (day.Month, day.Day) switch
    {
        (8, _) => 0.80,
        (12, >= 22) or (1, <= 4) => 0.45,
        _ => 1,
    };

    public static double Weekday(DateOnly day) => day.DayOfWeek switch
    {
        DayOfWeek.Saturday => 0.05,
        DayOfWeek.Sunday => 0.03,
        DayOfWeek.Friday => 0.85,
        _ => 1,
    };
}
