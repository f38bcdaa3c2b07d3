using CsPlatform.Health.Alerts;

namespace CsPlatform.Health.Assessing;

/// <summary>
/// Judges the accounts whose alerts were snoozed until now: the snooze ends on time, and not only when the account is
/// next judged.
/// </summary>
internal sealed class EndSnoozesJob(DueWork due, Assessor assessor, TimeProvider clock)
    : IScheduledJob
{
    public async Task<object> Run(CancellationToken cancellationToken) => new EndedSnoozes(
        await due.Run(SnoozeAlertEndpoint.Kind, clock.GetUtcNow(), End, cancellationToken));

    private async Task End(IDocumentSession session, Guid alertId, CancellationToken ct)
    {
        var alert = await session.LoadAsync<Alert>(alertId, ct);
        await assessor.Assess([alert!.AccountId], takeIn: null, traceOf: null, ct);
    }
}

/// <param name="Due">Snoozes that were over.</param>
internal sealed record EndedSnoozes(int Due);
