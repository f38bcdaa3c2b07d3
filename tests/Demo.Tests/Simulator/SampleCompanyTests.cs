using CsPlatform.Demo.Simulator;
using CsPlatform.Demo.Tests.Replaying;

namespace CsPlatform.Demo.Tests.Simulator;

public sealed class SampleCompanyTests
{
    private static readonly SampleCompany Company = SampleCompany.Simulate();

    private static readonly IReadOnlyDictionary<Guid, Departure> Departures = Company.Truth.Departures(horizonDays: 91);

    [Fact]
    public void Same_seed_gives_the_same_bytes() =>
        Assert.Equal(
            "dae9c632b8fa7e525c3c86d69c978fd11300d38f6b7d4e3e2babf735f05099dc", Bytes.HashOf(Company.Days.Take(60)));

    [Fact]
    public void Another_seed_gives_another_company() =>
        Assert.NotEqual(
            Bytes.HashOf(Company.Days.Take(10)), Bytes.HashOf(SampleCompany.Simulate(seed: 1).Days.Take(10)));

    [Fact]
    public void What_comes_after_the_cut_changes_no_byte_before_it()
    {
        var longer = SampleCompany.Simulate(lastDay: SampleCompany.LastDay.AddDays(91));
        Assert.Equal(Bytes.HashOf(Company.Days), Bytes.HashOf(longer.Days.Take(Company.Days.Count)));
    }

    [Fact]
    public void Leaving_is_sent_on_its_day_and_not_before()
    {
        var sent = Company.Days
            .SelectMany(d => d.Stages.Where(s => s.Stage == "churned"), (d, s) => (s.AccountId, d.Date))
            .ToDictionary(s => s.AccountId, s => s.Date);
        var due = Departures.Where(d => d.Value.On <= SampleCompany.LastDay).ToDictionary(d => d.Key, d => d.Value.On);
        Assert.Equal(due, sent);
        Assert.Contains(Departures.Values, d => d.On > SampleCompany.LastDay);
        Assert.DoesNotContain("Cause", typeof(Demo.Replaying.ReplayDay).Assembly.GetTypes()
            .Where(t => t.Namespace == typeof(Demo.Replaying.ReplayDay).Namespace).SelectMany(
                t => t.GetProperties()).Select(p => p.Name));
    }

    [Fact]
    public void No_fact_is_sent_before_it_happened() => Assert.All(Company.Days, day =>
    {
        Assert.All(day.Events, e => Assert.True(DateOnly.FromDateTime(e.Time.UtcDateTime) <= day.Date));
        Assert.All(day.Answers, a => Assert.Equal(day.Date, DateOnly.FromDateTime(a.AnsweredAt.UtcDateTime)));
    });

    [Fact]
    public void Size_is_what_eighteen_months_of_a_few_hundred_accounts_are()
    {
        var events = Company.Days.SelectMany(d => d.Events).ToList();
        Assert.Equal(548, Company.Days.Count);
        Assert.Equal(220, Company.Days.Sum(d => d.Accounts.Count));
        Assert.InRange(events.Count, 200_000, 400_000);
        Assert.InRange(Share(events.Count(e => e.Automation), events.Count), 0.10, 0.25);
        Assert.InRange(Share(events.Count(e => e.OverAmqp), events.Count), 0.15, 0.30);
        Assert.InRange(Company.Days.Sum(d => d.Answers.Count(a => a.Metric == "nps")), 800, 2500);
    }

    [Fact]
    public void Some_events_are_late_and_some_are_repeated()
    {
        var sent = Company.Days
            .SelectMany(d => d.Events, (d, e) => (e.Source, e.Id, LateDays: d.Date.DayNumber - DateOnly.FromDateTime(e.Time.UtcDateTime).DayNumber))
            .ToList();
        var distinct = sent.GroupBy(e => (e.Source, e.Id)).ToList();
        Assert.InRange(Share(distinct.Count(g => g.Min(e => e.LateDays) > 0), distinct.Count), 0.02, 0.04);
        Assert.InRange(Share(sent.Count - distinct.Count, sent.Count), 0.008, 0.016);
        Assert.InRange(sent.Max(e => e.LateDays), 11, 33);
    }

    [Fact]
    public void Monthly_churn_is_that_of_such_companies()
    {
        var months = Company.Days.GroupBy(d => (d.Date.Year, d.Date.Month)).ToList();
        var customers = Company.Days.Sum(d => d.Accounts.Count) - Departures.Count / 2.0;
        var monthly = Departures.Values.Count(d => d.On <= SampleCompany.LastDay) / (double)months.Count / customers;
        Assert.InRange(monthly, 0.008, 0.035);
    }

    [Fact]
    public void Leaving_has_every_cause_and_mostly_happens_at_renewal()
    {
        Assert.Equal(Enum.GetValues<LeavingCause>().Order(), Departures.Values.Select(d => d.Cause).Distinct().Order());
        Assert.InRange(
            Share(Departures.Values.Count(d => d.Cause != LeavingCause.BudgetShock), Departures.Count), 0.7, 0.95);
    }

    [Fact]
    public void Hazard_falls_with_age_because_propensities_differ()
    {
        // A cohort by the same draws: who has renewed before is less likely to leave.
        var random = new SeededRandom(5);
        var yearly = Enumerable.Range(0, 50_000)
            .Select(_ => ChurnShape.DrawPropensity(ref random, ChurnShape.Regular, years: 0)).ToList();
        var hazards = new List<double>();
        var alive = yearly.Select(_ => 1.0).ToList();
        for (var year = 0; year < 4; year++)
        {
            hazards.Add(alive.Zip(yearly, (a, p) => a * p).Sum() / alive.Sum());
            alive = [.. alive.Zip(yearly, (a, p) => a * (1 - p))];
        }
        // Fader & Hardie's retention of the regular cohort: hazard (α) / (α + β + t).
        Assert.Equal(
            [0.373, 0.244, 0.181, 0.144], hazards.Select(h => Math.Round(h, 3)), (a, b) => Math.Abs(a - b) < 0.006);
    }

    [Theory]
    [InlineData(12, 0.30)]
    [InlineData(6, 0.1633)]
    [InlineData(3, 0.0853)]
    public void Terms_of_a_year_add_up_to_its_propensity(int months, double expected) =>
        Assert.Equal(expected, ChurnShape.OfTerm(0.30, months), 0.0001);

    [Fact]
    public void A_dent_falls_and_heals()
    {
        var from = new DateOnly(2025, 1, 1);
        var dent = new Dent(from, Floor: 0.4, FallDays: 8, HealsFrom: from.AddDays(40));
        Assert.Equal(1, dent.Factor(from.AddDays(-1)));
        Assert.Equal(0.4, dent.Factor(from.AddDays(40)), 0.01);
        Assert.Equal(1, dent.Factor(from.AddDays(120)), 0.01);
    }

    private static double Share(int part, int whole) => (double)part / whole;
}
