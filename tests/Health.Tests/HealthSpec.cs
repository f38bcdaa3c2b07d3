using CsPlatform.Health.Alerts;
using CsPlatform.Health.Facts;
using CsPlatform.Health.Models;
using CsPlatform.Health.Scores;
using CsPlatform.Health.Scoring;
using JasperFx.Events;

namespace CsPlatform.Health.Tests;

/// <summary>
/// One account's story in pure code: facts come in, days pass, assessments are made as the service makes them, their
/// events are folded by the aggregates' own Apply methods. No database, no bus.
/// </summary>
internal sealed class HealthSpec
{
    public static readonly Guid AccountId = new("0198f6c2-1c4b-7d02-8a6e-5b1f0c9d2e34");
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 20, 0, 0, TimeSpan.Zero);

    private readonly SortedDictionary<DateOnly, UsageDayFact> days = [];
    private readonly List<SurveyAnswerFact> answers = [], formerAnswers = [];
    private readonly List<ContractFact> contracts = [];
    private readonly Dictionary<AlertCategory, Alert> alerts = [];
    private AccountFact account = new(
        AccountId, "Blue Finch", null, "adoption", null, new Dictionary<string, string>(), null, false);
    private int ids;

    public DateTimeOffset Now { get; private set; } = Start;
    public ModelHistory Models { get; private set; } = ModelHistory.Create(Published(DefaultModel.Version1, "first"));
    public AccountHealth? Health { get; private set; }
    public List<IHealthEvent> HealthEvents { get; } = [];
    public List<IAlertEvent> AlertEvents { get; } = [];
    public AccountFacts Facts => new(account, [.. days.Values], answers, contracts) { FormerAnswers = formerAnswers };

    public Alert? Alert(AlertCategory category) => alerts.GetValueOrDefault(category);

    public HealthSpec Pass(double days)
    {
        Now = Now.AddDays(days);
        return this;
    }

    public HealthSpec With(
        string? tier = null, string? stage = null, IReadOnlyDictionary<string, string>? externalIds = null)
    {
        account = account with
        {
            Tier = tier ?? account.Tier,
            Stage = stage ?? account.Stage,
            ExternalIds = externalIds ?? account.ExternalIds,
        };
        return this;
    }

    /// <summary>Use on a day, learned now: late if the day is long past, as the fact table books it.</summary>
    public HealthSpec Use(DateOnly? on = null, int users = 3, int events = 12, decimal minutes = 60)
    {
        var today = DateOnly.FromDateTime(Now.UtcDateTime);
        var day = on ?? today;
        var known = days.GetValueOrDefault(day);
        var late = day < today.AddDays(-UsageDayFact.LateAfterDays);
        days[day] = new(
            day, new(events, users, minutes, ["alerts", "exports", "imports", "reports"]), (known?.Version ?? 0) + 1,
            Now,
            late ? Now : known?.LateAt, late
                && known?.LateAt is null ? known?.Figures ?? UsageFigures.None : known?.OnTime);
        if (events > 0)
            account = account with { FirstUseOn = account.FirstUseOn < day ? account.FirstUseOn : day, FeaturesSeen = true };
        return this;
    }

    public HealthSpec UseDaily(int days, int users = 3)
    {
        for (var i = 0; i < days; i++)
            Use(users: users).Assess().Pass(1);
        return this;
    }

    public HealthSpec Answer(
        int score, string contact = "c1", string metric = "nps", int min = 0, int max = 10, bool higherIsBetter = true)
    {
        answers.Add(new(NextId(), contact, metric, score, min, max, higherIsBetter, Now, Now));
        return this;
    }

    /// <summary>An answer of so many days ago, which was another account's until now.</summary>
    public HealthSpec MoveHere(int score, int daysAgo, string contact = "c1")
    {
        answers.Add(new(NextId(), contact, "nps", score, 0, 10, true, Now.AddDays(-daysAgo), Now) { MovedHere = true });
        return this;
    }

    /// <summary>The contact's last answer is withdrawn, or found to be another account's.</summary>
    public HealthSpec Lose(string contact = "c1", bool withdrawn = true)
    {
        var lost = answers.Last(a => a.ContactId == contact);
        answers.Remove(lost);
        formerAnswers.Add(lost with { Gone = new(Now, withdrawn) });
        return this;
    }

    public HealthSpec Sign(int endsInDays, decimal amount = 12000)
    {
        contracts.Add(
            new(NextId(), DateOnly.FromDateTime(Now.UtcDateTime).AddDays(endsInDays), amount, "EUR", false, Now, Now));
        return this;
    }

    public HealthSpec Publish(Func<ScoreModel, ScoreModel> change)
    {
        var next = change(Models.Current) with { Version = Models.Current.Version + 1 };
        Models = Models.Apply(Published(next, "test"));
        return this;
    }

    /// <summary>What the service does in one transaction.</summary>
    public HealthSpec Assess()
    {
        var seen = Assessment.Of(Models, Facts, Health, Now);
        foreach (var e in seen.Events)
            Health = e switch
            {
                HealthScored s => Health?.Apply(s) ?? AccountHealth.Create(s),
                HealthFrozen f => Health!.Apply(f),
                HealthResumed r => Health!.Apply(r),
                _ => Health,
            };
        HealthEvents.AddRange(seen.Events);
        foreach (var category in Enum.GetValues<AlertCategory>())
            Fold(category, AlertDecider.Decide(seen, category, Alert(category), Models, NextId()));
        return this;
    }

    public HealthSpec AssessDaily(int days)
    {
        for (var i = 0; i < days; i++)
            Assess().Pass(1);
        return this;
    }

    public HealthSpec Act(AlertCategory category, Func<Alert, DateTimeOffset, IReadOnlyList<IAlertEvent>> decide)
    {
        Fold(category, decide(alerts[category], Now));
        return this;
    }

    private void Fold(AlertCategory category, IReadOnlyList<IAlertEvent> events)
    {
        foreach (var e in events)
            alerts[category] = e switch
            {
                AlertRaised x => CsPlatform.Health.Alerts.Alert.Create(x),
                AlertSeeded x => CsPlatform.Health.Alerts.Alert.Create(x),
                AlertSurfaced x => alerts[category].Apply(x),
                AlertUpdated x => alerts[category].Apply(x),
                AlertEscalated x => alerts[category].Apply(x),
                AlertRegraded x => alerts[category].Apply(x),
                AlertAcknowledged x => alerts[category].Apply(x),
                AlertSnoozed x => alerts[category].Apply(x),
                AlertSnoozeEnded x => alerts[category].Apply(x),
                AlertRecoverySeen x => alerts[category].Apply(x),
                AlertRecoveryLost x => alerts[category].Apply(x),
                AlertCleared x => alerts[category].Apply(x),
                AlertReopened x => alerts[category].Apply(x),
                AlertDismissed x => alerts[category].Apply(x),
                AlertRetracted x => alerts[category].Apply(x),
                _ => throw new NotSupportedException(e.GetType().Name),
            };
        AlertEvents.AddRange(events);
    }

    public static IEvent<ModelPublished> Published(ScoreModel model, string reason) =>
        new Event<ModelPublished>(new(model, reason, Start)) { UserName = "admin" };

    private Guid NextId() => new(++ids, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
}
