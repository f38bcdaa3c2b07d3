using CsPlatform.Backbone;
using CsPlatform.Renewals.Signing;
using CsPlatform.ServiceDefaults;
using Marten;

namespace CsPlatform.Renewals.Pipeline;

/// <summary>What a sweep did.</summary>
/// <param name="Due">Contracts that came up for renewal and had none yet.</param>
/// <param name="Opened">Renewals that this sweep opened; another at the same time may have opened the others.</param>
internal sealed record SweepResult(int Due, int Opened);

/// <summary>Opens the renewals that are due. However many sweeps run at once, a contract gets one renewal.</summary>
internal sealed class RenewalSweep(ISessionFactory sessions, RenewalSettings settings, TimeProvider clock)
{
    public async Task<SweepResult> Run(CancellationToken ct)
    {
        using var activity = Telemetry.Source.StartActivity("sweep contracts");
        var now = clock.GetUtcNow();
        var opensUntil = DateOnly.FromDateTime(now.UtcDateTime).AddDays(settings.OpensDaysBefore);
        await using var session = sessions.QuerySession();
        var due = await session.Query<Contract>()
            .Where(c => c.EndsOn <= opensUntil && c.RenewalId == null && c.SuccessorId == null && !c.HadEndedWhenSigned)
            .OrderBy(c => c.EndsOn).ThenBy(c => c.Id)
            .ToListAsync(ct);

        var opened = 0;
        foreach (var contract in due)
            opened += await Open(contract.AccountId, contract.Id, now, ct) ? 1 : 0;
        return new SweepResult(due.Count, opened);
    }

    private async Task<bool> Open(Guid accountId, Guid contractId, DateTimeOffset now, CancellationToken ct)
    {
        await using var session = sessions.OpenSession();
        await AccountLock.Take(session, accountId, ct);
        // Read again under the lock: it may have been continued, or its renewal opened, since the sweep began.
        var contract = await session.Events.FetchForWriting<Contract>(contractId, ct);
        if (new OpenRenewal(settings.OpensDaysBefore).Decide(contract.Aggregate!, now) is not { } opening)
            return false;

        contract.AppendOne(opening.OnContract);
        session.Events.StartStream<Renewal>(opening.OnRenewal.RenewalId, opening.OnRenewal);
        await session.SaveChangesAsync(ct);
        CrashPoint.Reach("renewal-opened");
        return true;
    }
}

/// <summary>The sweep by the clock.</summary>
internal sealed class RenewalSweepJob(RenewalSweep sweep) : IScheduledJob
{
    public async Task<object> Run(CancellationToken cancellationToken) => await sweep.Run(cancellationToken);
}
