using System.Globalization;
using CloudNative.CloudEvents;
using CsPlatform.Contracts;
using CsPlatform.Contracts.Health.V1;
using CsPlatform.Health.Alerts;
using CsPlatform.Health.Scoring;
using JasperFx.Events;

namespace CsPlatform.Health.Messaging;

/// <summary>
/// A stored alert event as the public CloudEvent: the snapshot of the decision, nothing read again. <c>id</c> is the
/// stored event's id and <c>accountsequence</c> its place in the store, so a second delivery is the first again, but
/// for the <c>traceparent</c> that names the attempt.
/// </summary>
internal static class AlertCloudEvent
{
    private static readonly CloudEventAttribute RecordedTime =
        CloudEventAttribute.CreateExtension("recordedtime", CloudEventAttributeType.Timestamp);

    private static readonly CloudEventAttribute SeverityNumber =
        CloudEventAttribute.CreateExtension("severitynumber", CloudEventAttributeType.Integer);

    /// <param name="type">raised, updated, escalated, cleared or retracted.</param>
    /// <param name="status">One of the nine statuses, finer than the type.</param>
    public static PublicCloudEvent Of(
        IEvent e, AlertState alert, string type, string status, DateTimeOffset at, AlertOutcome? outcome = null)
    {
        var accountId = alert.AccountId.ToString();
        var cloudEvent = new CloudEvent(CloudEventsSpecVersion.V1_0, [RecordedTime, SeverityNumber])
        {
            Id = e.Id.ToString(),
            Source = new Uri("/csplatform/health", UriKind.Relative),
            Type = $"com.csplatform.churnrisk.{type}.v1",
            Subject = $"account/{accountId}",
            Time = at.ToUniversalTime(),
            DataContentType = "application/json",
            DataSchema = new Uri($"https://csplatform.dev/schemas/churnrisk.{type}.v1.json"),
            Data = DataOf(alert, type, status, outcome),
        };
        cloudEvent[RecordedTime] = e.Timestamp.ToUniversalTime();
        cloudEvent["partitionkey"] = accountId;
        cloudEvent["accountsequence"] = e.Sequence.ToString("D19", CultureInfo.InvariantCulture);
        if (e.CorrelationId is { Length: > 0 })
            cloudEvent["correlationid"] = e.CorrelationId;
        if (e.CausationId is { Length: > 0 })
            cloudEvent["causationid"] = e.CausationId;
        cloudEvent["severitytext"] = alert.Severity.ToString().ToUpperInvariant();
        cloudEvent[SeverityNumber] = alert.Severity switch
        {
            Severity.High => 17,
            Severity.Medium => 13,
            Severity.Low => 9,
        };
        return new(Topology.AlertsExchange, RoutingKey(alert, type), cloudEvent);
    }

    /// <summary>
    /// E.g. <c>churnrisk.raised.high.vip</c>; a tier is free text, and must not bring dots of its own.
    /// </summary>
    public static string RoutingKey(AlertState alert, string type)
    {
        var tier = alert.Snapshot.Account.Tier is { Length: > 0 } known
            ? string.Concat(known.Where(char.IsAsciiLetterOrDigit))
            : "";
        return $"churnrisk.{type}.{alert.Severity.Name()}.{(tier.Length > 0 ? tier : "none")}";
    }

    private static ChurnRiskAlert DataOf(AlertState alert, string type, string status, AlertOutcome? outcome)
    {
        var (snapshot, health, rule) = (alert.Snapshot, alert.Snapshot.Health, alert.Snapshot.Rule);
        return new(
            alert.AlertId, alert.Revision, status, alert.DedupKey(),
            new(snapshot.Account.Id, snapshot.Account.Name, snapshot.Account.ExternalIds, snapshot.Account.Tier,
                snapshot.Account.Stage, snapshot.Account.CsmId),
            new(health.Score, health.Coverage, HigherIsBetter: true, health.ModelId, health.ModelVersion, health.ModelChanged,
                health.AsOf, health.Previous, health.Score - health.Previous,
                health.Band is { } band ? band.Name() : null,
                health.PreviousBand is { } previous ? previous.Name() : null),
            new(RuleId(rule.Kind), rule.ModelVersion, rule.Kind.Name(), rule.Threshold, rule.Observed,
                rule.ClearsAbove, rule.WindowDays is { } days ? $"P{days}D" : null),
            [.. snapshot.Reasons.Select(r => ReasonOf(alert, r))],
            snapshot.LateData,
            new($"/v1/accounts/{alert.AccountId}/health", $"/v1/alerts/{alert.AlertId}/acknowledge"),
            snapshot.Exposure is { } at ? new(
                Amount(at.Amount), at.Currency, "ARR", at.RenewalOn, at.DaysToRenewal) : null,
            type is "cleared" or "retracted" ? null : new(snapshot.Recommended.PlayId, snapshot.Recommended.DueBy),
            outcome);
    }

    private static string RuleId(RuleKind kind) => kind switch
    {
        RuleKind.Threshold => "low-health",
        RuleKind.Drop => "usage-drop",
        RuleKind.Trend => "usage-trend",
    };

    private static AlertReason ReasonOf(AlertState alert, Reason reason)
    {
        var health = alert.Snapshot.Health;
        var asOf = health.AsOf.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
        return new(
            reason.Measure, reason.Code, reason.Points, reason.Text,
            new($"/v1/accounts/{alert.AccountId}/health/evidence?measure={reason.Measure}&modelVersion={health.ModelVersion}&asOf={asOf}",
                reason.FactCount),
            reason.Observed, reason.Baseline);
    }

    /// <summary>At least two decimals, as money is written; more where the contract has them.</summary>
    private static string Amount(decimal amount) => amount.ToString("0.00######", CultureInfo.InvariantCulture);
}
