using CsPlatform.Health.Facts;

namespace CsPlatform.Health.Alerts;

/// <summary>
/// One risk of one account. At most one is open for an account and category: a unique index over open alerts says so in
/// the transaction that raises one.
/// </summary>
/// <param name="Status">The last change, as subscribers know it.</param>
/// <param name="Ground">What the alert was raised on, to see later whether it held.</param>
/// <param name="Told">
/// When and at which score subscribers last heard of it, or it was last graded without telling them.
/// </param>
/// <param name="Recoveries">Evaluations in a row that found the score recovered.</param>
internal sealed partial record Alert(
    Guid Id, Guid AccountId, AlertCategory Category, AlertStatus Status, bool Open, AlertState State,
    AlertGround Ground,
    LastTold Told, DateTimeOffset? SnoozedUntil, int Recoveries, DateTimeOffset? RecoveredAt, DateTimeOffset? ClosedAt,
    string? Outcome) : IAboutAccount
{
    public const int MaxReasonLength = 500;

    /// <summary>Version of the stream, set by the store: the ETag.</summary>
    public int Version { get; set; }

    public static Alert Create(AlertRaised e) => Begin(e.Alert, AlertStatus.Raised, e.Today, e.At);

    public static Alert Create(AlertSeeded e) => Begin(e.Alert, AlertStatus.Seeded, e.Today, e.At);

    public Alert Apply(AlertSurfaced e) => Tell(e.Alert, AlertStatus.Raised, e.At);

    public Alert Apply(AlertUpdated e) => Tell(e.Alert, AlertStatus.Updated, e.At);

    public Alert Apply(AlertEscalated e) => Tell(e.Alert, AlertStatus.Escalated, e.At);

    public Alert Apply(AlertRegraded e) =>
        this with { State = e.Alert, Told = new(e.At, e.Alert.Snapshot.Health.Score) };

    // Who takes the alert on wants to hear of it again.
    public Alert Apply(AlertAcknowledged e) =>
        this with { Status = AlertStatus.Acknowledged, State = e.Alert, SnoozedUntil = null };

    public Alert Apply(AlertSnoozed e) =>
        this with { Status = AlertStatus.Snoozed, State = e.Alert, SnoozedUntil = e.Until };

    public Alert Apply(AlertSnoozeEnded e) =>
        this with { Status = AlertStatus.Updated, State = e.Alert, SnoozedUntil = null };

    public Alert Apply(AlertRecoverySeen e) => this with { Recoveries = Recoveries + 1, RecoveredAt = e.At };

    public Alert Apply(AlertRecoveryLost _) => this with { Recoveries = 0, RecoveredAt = null };

    public Alert Apply(AlertCleared e) => Close(e.Alert, AlertStatus.Cleared, e.Reason, e.At);

    public Alert Apply(AlertDismissed e) => Close(e.Alert, AlertStatus.Dismissed, e.Reason, e.At);

    public Alert Apply(AlertRetracted e) => Close(e.Alert, AlertStatus.Retracted, e.Fact, e.At);

    public Alert Apply(AlertReopened e) =>
        Tell(e.Alert, e.Alert.Silent ? AlertStatus.Seeded : AlertStatus.Reopened, e.At) with
        {
            Open = true,
            ClosedAt = null,
            Outcome = null,
            SnoozedUntil = null,
            Ground = new(e.At, e.Alert.Snapshot.Rule, e.Today),
        };

    /// <summary>The state with the next revision: what a person's action leaves otherwise as it was.</summary>
    public AlertState Next => State with { Revision = State.Revision + 1 };

    /// <exception cref="RefusedException">"alert-closed".</exception>
    public Alert MustBeOpen() => Open
        ? this
        : throw new RefusedException("alert-closed", $"The alert is closed: {Status.Name()}.");

    private static Alert Begin(AlertState state, AlertStatus status, UsageDayFact? today, DateTimeOffset at) => new(
        state.AlertId, state.AccountId, state.Category, status, Open: true, state, new(at, state.Snapshot.Rule, today),
        new(at, state.Snapshot.Health.Score), SnoozedUntil: null, Recoveries: 0, RecoveredAt: null, ClosedAt: null,
        Outcome: null);

    private Alert Tell(AlertState state, AlertStatus status, DateTimeOffset at) =>
        this with { Status = status, State = state, Told = new(at, state.Snapshot.Health.Score), Recoveries = 0, RecoveredAt = null };

    private Alert Close(AlertState state, AlertStatus status, string outcome, DateTimeOffset at) =>
        this with { Status = status, State = state, Open = false, ClosedAt = at, Outcome = outcome, SnoozedUntil = null };
}

/// <param name="Today">Use on the day of the decision as then known.</param>
internal sealed record AlertGround(DateTimeOffset At, RuleSnapshot Rule, UsageDayFact? Today);

internal sealed record LastTold(DateTimeOffset At, decimal Score);
