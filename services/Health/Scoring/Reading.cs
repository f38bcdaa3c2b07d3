using CsPlatform.Health.Facts;

namespace CsPlatform.Health.Scoring;

/// <summary>What a measure found: its raw value, and the facts it was made from.</summary>
/// <param name="Before">For a measure of change, the baseline it is compared with.</param>
internal sealed record Reading(decimal Value, decimal? Before, Evidence Evidence);

/// <summary>Which facts a measure used: enough to list them again.</summary>
/// <param name="From">First day of the window.</param>
/// <param name="To">Last day of the window.</param>
/// <param name="FactCount">Facts used.</param>
/// <param name="LastFactOn">Day of the newest of them; none where silence itself is the fact.</param>
internal sealed record Evidence(DateOnly From, DateOnly To, int FactCount, DateOnly? LastFactOn);

/// <summary>
/// Reads one measure from the facts visible at a moment. No value means unknown, which is not nought.
/// </summary>
internal static class Readings
{
    public static Reading? Read(Measure measure, AccountFacts facts, DateTimeOffset asOf)
    {
        var today = DateOnly.FromDateTime(asOf.UtcDateTime);
        var scope = new Scope(measure, facts, asOf, today, today.AddDays(1 - measure.WindowDays));
        if (measure.Source == MeasureSource.SurveyAnswers)
            return Survey(scope);
        if (measure.Source == MeasureSource.DaysToRenewal)
            return Renewal(scope);

        // Never used is not the same as fallen silent: perhaps its events do not reach us yet.
        return facts.Account.FirstUseOn is { } firstUseOn && firstUseOn <= today ? Use(scope, firstUseOn) : null;
    }

    private static Reading? Use(Scope scope, DateOnly firstUseOn) => scope.Measure.Source switch
    {
        MeasureSource.Frequency => Frequency(scope, firstUseOn),
        MeasureSource.Recency => Recency(scope),
        MeasureSource.Rhythm => Rhythm(scope),
        MeasureSource.UseTrend => Trend(scope, firstUseOn),
        MeasureSource.Breadth => Breadth(scope),
        MeasureSource.Depth => Depth(scope),
        MeasureSource.SurveyAnswers or MeasureSource.DaysToRenewal => null,
    };

    private sealed record Scope(Measure Measure, AccountFacts Facts, DateTimeOffset AsOf, DateOnly Today, DateOnly From)
    {
        /// <summary>Days of use between two days, both included and never past the day of the score.</summary>
        public List<UsageDayFact> Days(DateOnly from, DateOnly to)
        {
            var days = new List<UsageDayFact>();
            for (var i = Facts.Days.Count - 1; i >= 0 && Facts.Days[i].Day >= from; i--)
                if (Facts.Days[i].Day <= to && Facts.Days[i].Figures.Any)
                    days.Add(Facts.Days[i]);
            days.Reverse();
            return days;
        }

        public Evidence Evidence(List<UsageDayFact> days) =>
            new(From, Today, days.Count, days.Count > 0 ? days[^1].Day : null);
    }

    private static Reading Frequency(Scope s, DateOnly firstUseOn)
    {
        // The first use starts the clock and says nothing of how often: only returns count, over the days lived.
        var days = s.Days(s.From, s.Today);
        var lived = Math.Min(s.Measure.WindowDays, s.Today.DayNumber - firstUseOn.DayNumber);
        var returns = 0m;
        foreach (var day in days)
            if (day.Day != firstUseOn)
                returns += Decay.Weight(s.Measure.HalfLifeDays, s.Today.DayNumber - day.Day.DayNumber);

        var exposure = Decay.Sum(s.Measure.HalfLifeDays, lived);
        var prior = s.Measure.Prior ?? new RatePrior(0, 1);
        return new Reading(
            Math.Round(91m * (returns + prior.Returns) / (exposure + prior.Days), 2), null, s.Evidence(days));
    }

    private static Reading Recency(Scope s)
    {
        var days = s.Days(s.From, s.Today);
        return new Reading(SilentDays(s, days), null, s.Evidence(days));
    }

    /// <summary>Whole days without use since the last one: today has not ended, and its use may still come.</summary>
    private static int SilentDays(Scope s, List<UsageDayFact> days) =>
        days.Count > 0 ? Math.Max(0, s.Today.DayNumber - days[^1].Day.DayNumber - 1) : s.Measure.WindowDays - 1;

    private static Reading? Rhythm(Scope s)
    {
        var days = s.Days(s.From, s.Today);
        if (days.Count < Math.Max(2, s.Measure.MinimumFacts))
            return null;

        var gap = (decimal)(days[^1].Day.DayNumber - days[0].Day.DayNumber) / (days.Count - 1);
        return new Reading(Math.Round(SilentDays(s, days) / gap, 2), Math.Round(gap, 1), s.Evidence(days));
    }

    private static Reading? Trend(Scope s, DateOnly firstUseOn)
    {
        var (recent, before, beforeDays) = Compared(s, firstUseOn);
        // A share of hardly anything says nothing: the habit must be worth so many days of use in one window.
        if (beforeDays < s.Measure.WindowDays
            || before.Count * s.Measure.WindowDays < s.Measure.MinimumFacts * beforeDays)
            return null;

        var usual = (decimal)UserDays(before) * s.Measure.WindowDays / beforeDays;
        if (usual <= 0)
            return null;
        return new Reading(Math.Round(UserDays(recent) / usual, 3), Math.Round(usual, 1), s.Evidence(recent));
    }

    private static Reading? Depth(Scope s)
    {
        var (recent, before, _) = Compared(s, s.From);
        if (recent.Count < s.Measure.MinimumFacts || before.Count < s.Measure.MinimumFacts
            || UserDays(recent) == 0 || UserDays(before) == 0)
            return null;

        var minutes = before.Sum(d => d.Figures.Minutes) > 0;
        decimal PerUserDay(List<UsageDayFact> days) =>
            (minutes ? days.Sum(d => d.Figures.Minutes) : days.Sum(d => (decimal)d.Figures.Events)) / UserDays(days);

        var usual = PerUserDay(before);
        return new Reading(Math.Round(PerUserDay(recent) / usual, 3), Math.Round(usual, 1), s.Evidence(recent));
    }

    private static (
        List<UsageDayFact> Recent, List<UsageDayFact> Before, int BeforeDays) Compared(Scope s, DateOnly firstUseOn)
    {
        var beforeDays = Math.Min(s.Measure.BaselineDays, s.From.DayNumber - firstUseOn.DayNumber);
        return (s.Days(s.From, s.Today), s.Days(s.From.AddDays(-s.Measure.BaselineDays), s.From.AddDays(-1)), beforeDays);
    }

    private static int UserDays(List<UsageDayFact> days) => days.Sum(d => d.Figures.ActiveUsers);

    private static Reading? Breadth(Scope s)
    {
        if (!s.Facts.Account.FeaturesSeen)
            return null;

        var days = s.Days(s.From, s.Today);
        return new Reading(days.SelectMany(d => d.Figures.Features).Distinct().Count(), null, s.Evidence(days));
    }

    private static Reading? Survey(Scope s)
    {
        var last = s.Facts.Answers
            .Where(a => a.OccurredAt <= s.AsOf && DateOnly.FromDateTime(a.OccurredAt.UtcDateTime) >= s.From)
            .GroupBy(a => (a.ContactId, a.Metric))
            .Select(answers => answers.MaxBy(a => (a.OccurredAt, a.AnswerId))!)
            .ToList();
        if (last.Count < s.Measure.MinimumFacts || last.Count == 0)
            return null;

        return new Reading(
            Math.Round(last.Average(a => a.Normalised), 1), null,
            new Evidence(s.From, s.Today, last.Count, DateOnly.FromDateTime(last.Max(a => a.OccurredAt).UtcDateTime)));
    }

    private static Reading? Renewal(Scope s)
    {
        // A contract that ended long ago binds nobody: how it ended is for Renewals to say.
        if (s.Facts.ContractAt(s.AsOf) is not { } contract || contract.EndsOn < s.From)
            return null;

        return new Reading(
            contract.EndsOn.DayNumber - s.Today.DayNumber, null,
            new Evidence(s.From, s.Today, 1, DateOnly.FromDateTime(contract.OccurredAt.UtcDateTime)));
    }
}
