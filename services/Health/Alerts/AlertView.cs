using CsPlatform.Contracts;
using CsPlatform.Health.Scoring;

namespace CsPlatform.Health.Alerts;

/// <summary>An alert as it stands.</summary>
/// <param name="Status">
/// raised, seeded, updated, escalated, acknowledged, snoozed, cleared, reopened, dismissed or retracted.
/// </param>
/// <param name="Category">lowHealth or usageDrop.</param>
/// <param name="Told">Whether subscribers ever heard of it; a seeded alert is kept silent.</param>
/// <param name="Outcome">Why it closed.</param>
internal sealed record AlertView(
    Guid AlertId, Guid AccountId, string DedupKey, AlertCategory Category, AlertStatus Status, bool Open,
    Severity Severity,
    int Revision, bool Told, AccountSnapshot Account, HealthSnapshot Health, RuleSnapshot Rule,
    IReadOnlyList<Reason> Reasons,
    ExposureView? Exposure, RecommendedStep Recommended, bool LateData, DateTimeOffset RaisedAt,
    DateTimeOffset? SnoozedUntil,
    DateTimeOffset? ClosedAt, string? Outcome)
{
    public static AlertView Of(Alert alert)
    {
        var (state, snapshot) = (alert.State, alert.State.Snapshot);
        return new(
            alert.Id, alert.AccountId, state.DedupKey(), alert.Category, alert.Status, alert.Open, state.Severity,
            state.Revision, !state.Silent, snapshot.Account, snapshot.Health, snapshot.Rule, snapshot.Reasons,
            snapshot.Exposure is { } e ? new(new Money(e.Amount, e.Currency), e.RenewalOn, e.DaysToRenewal) : null,
            snapshot.Recommended, snapshot.LateData, alert.Ground.At, alert.SnoozedUntil, alert.ClosedAt,
            alert.Outcome);
    }
}

/// <param name="AnnualAmount">Recurring amount of a year.</param>
internal sealed record ExposureView(Money AnnualAmount, DateOnly RenewalOn, int DaysToRenewal);
