using CsPlatform.Health.Models;
using CsPlatform.Health.Scores;

namespace CsPlatform.Health.Alerts;

/// <summary>What an assessment means for one category's alert of the account.</summary>
internal static class AlertDecider
{
    /// <param name="current">The open alert of the category, else the one closed last, else none.</param>
    /// <param name="newId">Id for an alert that begins now.</param>
    public static IReadOnlyList<IAlertEvent> Decide(
        Assessment seen, AlertCategory category, Alert? current, ModelHistory models, Guid newId)
    {
        var now = seen.Now.AsOf;
        if (seen.Facts.Account.Churned)
            return current is { Open: true } ? [new AlertCleared(current.Next, "churned", now)] : [];

        if (current is { Open: true } open)
            return DecideOpen(seen, open, models);

        if (!seen.Now.Sufficient)
            return [];
        var condition = Condition.Of(category, seen.Model, seen.Now, seen.Before);
        return condition.Holds ? Begin(seen, condition, current, newId) : [];
    }

    private static IReadOnlyList<IAlertEvent> Begin(Assessment seen, Condition condition, Alert? closed, Guid newId)
    {
        var now = seen.Now.AsOf;
        // One closed far ahead was closed by a clock that was wrong: it holds nothing back.
        var coolingDown = (now - closed?.ClosedAt)?.Duration() < TimeSpan.FromDays(seen.Model.Alerts.CoolDownDays);
        if (coolingDown && closed!.Status == AlertStatus.Dismissed)
            return [];

        var snapshot = SnapshotBuilder.Build(seen, condition);
        var severity = SeverityOf(seen, condition, snapshot.Exposure);
        var today = seen.Facts.Days.LastOrDefault(d => d.Day == DateOnly.FromDateTime(now.UtcDateTime));
        var silent = SilentReason(seen, condition);
        // One that nobody was told of would come as reopened out of nowhere: it begins anew.
        if (coolingDown && closed is { Status: AlertStatus.Cleared, Outcome: "recovered", State.Silent: false })
        {
            var reopened = closed.Next with { Severity = severity, Silent = silent is not null, Snapshot = snapshot };
            return [new AlertReopened(reopened, today, now)];
        }

        var state = new AlertState(
            newId, seen.Facts.Account.AccountId, condition.Category, severity, 1, silent is not null, snapshot);
        return silent is null ? [new AlertRaised(state, today, now)] : [new AlertSeeded(state, today, silent, now)];
    }

    /// <summary>Our own view changed, not the customer: then nobody is woken.</summary>
    private static string? SilentReason(Assessment seen, Condition condition) => seen switch
    {
        { ModelChanged: true } => "model-changed",
        { Backfilled: true } => "backfill",
        _ when !Condition.Of(condition.Category, seen.Model, seen.OnTime, seen.Before).Holds => "late-data",
        _ => null,
    };

    private static List<IAlertEvent> DecideOpen(Assessment seen, Alert alert, ModelHistory models)
    {
        var now = seen.Now.AsOf;
        if (Retraction.FactAgainst(alert, seen.Facts, models, now) is { } fact)
            return [new AlertRetracted(alert.Next, fact, now)];

        var events = new List<IAlertEvent>();
        if (alert.SnoozedUntil <= now)
        {
            var woken = new AlertSnoozeEnded(alert.Next, now);
            events.Add(woken);
            alert = alert.Apply(woken);
        }
        if (!seen.Now.Sufficient)
            return events;

        var condition = Condition.Of(alert.Category, seen.Model, seen.Now, seen.Before);
        if (condition.Recovered(alert.State.Snapshot.Rule, seen.Model, seen.Now))
            events.AddRange(Recovering(seen, alert, condition));
        else
        {
            if (alert.Recoveries > 0)
                events.Add(new AlertRecoveryLost(now));
            if (condition.Holds && alert.Status != AlertStatus.Snoozed)
                events.AddRange(Worsening(seen, alert, condition));
        }
        return events;
    }

    private static IEnumerable<IAlertEvent> Recovering(Assessment seen, Alert alert, Condition condition)
    {
        var policy = seen.Model.Alerts;
        var now = seen.Now.AsOf;
        // Many facts in one day are one sign of recovery, not many. A sign still far ahead was seen by a clock that was
        // wrong.
        if ((now - alert.RecoveredAt)?.Duration() < TimeSpan.FromHours(policy.ClearSpacingHours))
            yield break;
        if (alert.Recoveries + 1 < policy.ClearEvaluations)
            yield return new AlertRecoverySeen(now);
        else
            yield return new AlertCleared(
                alert.Next with { Snapshot = SnapshotBuilder.Build(seen, condition, alert.State.Snapshot.Rule) },
                "recovered", now);
    }

    private static IEnumerable<IAlertEvent> Worsening(Assessment seen, Alert alert, Condition condition)
    {
        var policy = seen.Model.Alerts;
        var now = seen.Now.AsOf;
        var snapshot = SnapshotBuilder.Build(seen, condition);
        var severity = SeverityOf(seen, condition, snapshot.Exposure);
        var isMore = alert.Told.Score - seen.Now.Value >= policy.UpdateStep;
        if (SilentReason(seen, condition) is not null)
        {
            if (severity > alert.State.Severity || isMore)
                yield return new AlertRegraded(
                    alert.State with { Severity = severity > alert.State.Severity ? severity : alert.State.Severity, Snapshot = snapshot }, now);
        }
        else if (severity > alert.State.Severity)
        {
            var worse = alert.Next with { Severity = severity, Silent = false, Snapshot = snapshot };
            yield return alert.State.Silent ? new AlertSurfaced(worse, now) : new AlertEscalated(worse, now);
        }
        else if (!alert.State.Silent && isMore && alert.Told.At <= now.AddDays(-policy.UpdateEveryDays))
            yield return new AlertUpdated(alert.Next with { Snapshot = snapshot }, now);
    }

    public static Severity SeverityOf(Assessment seen, Condition condition, ExposureSnapshot? exposure)
    {
        var map = seen.Model.Alerts.Severity;
        var severity =
            seen.Now.Value < map.HighBelow || condition.Lost >= map.HighDrop ? Severity.High
            : seen.Now.Value < map.MediumBelow || condition.Lost >= map.MediumDrop ? Severity.Medium
            : Severity.Low;
        var account = seen.Facts.Account;
        var weighty = account.Tier is { } tier && map.RaisedForTiers.Contains(tier)
            || exposure?.DaysToRenewal is { } days && days >= 0 && days <= map.RaisedWithinDaysOfRenewal
            || exposure is not null && map.RaisedFromAnnualAmount.Any(
                t => t.Currency == exposure.Currency && exposure.Amount >= t.Amount);
        return weighty && severity < Severity.High ? severity + 1 : severity;
    }
}
