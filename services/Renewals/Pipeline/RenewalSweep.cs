using CsPlatform.Renewals.Contracts;

namespace CsPlatform.Renewals.Pipeline;

/// <summary>What a sweep did.</summary>
/// <param name="Due">Contracts whose renewal fell due; one that is continued by then opens none.</param>
/// <param name="Opened">Renewals that this sweep opened; another at the same time may have opened the others.</param>
internal sealed record SweepResult(int Due, int Opened);

/// <summary>Opens the renewals that are due. However many sweeps run at once, a contract gets one renewal.</summary>
internal sealed class RenewalSweep(DueWork due, RenewalSettings settings, TimeProvider clock)
{
    /// <summary>A contract falls due on its last day, from which the settings count back.</summary>
    public const string Kind = "open-renewal";

    public async Task<SweepResult> Run(CancellationToken ct)
    {
        using var activity = Telemetry.Source.StartActivity("sweep contracts");
        var (now, opened) = (clock.GetUtcNow(), 0);
        var done = await due.Run(
            Kind, now.AddDays(settings.OpensDaysBefore),
            async (session, contractId, stop) => opened += await Open(session, contractId, now, stop) ? 1 : 0, ct);
        return new SweepResult(done, opened);
    }

    private async Task<bool> Open(IDocumentSession session, Guid contractId, DateTimeOffset now, CancellationToken ct)
    {
        var accountId = (await session.LoadAsync<Contract>(contractId, ct))!.AccountId;
        await AccountLock.Take(session, accountId, ct);
        // Read again under the lock: it may have been continued since it fell due.
        var contract = await session.Events.FetchForWriting<Contract>(contractId, ct);
        if (new OpenRenewal(settings.OpensDaysBefore).Decide(contract.Aggregate!, now) is not { } opening)
            return false;

        contract.AppendOne(opening.OnContract);
        session.FiguresChange(accountId);
        session.Events.StartStream<Renewal>(opening.OnRenewal.RenewalId, opening.OnRenewal);
        return true;
    }
}

/// <summary>The sweep by the clock.</summary>
internal sealed class RenewalSweepJob(RenewalSweep sweep) : IScheduledJob
{
    public async Task<object> Run(CancellationToken cancellationToken) => await sweep.Run(cancellationToken);
}
