using CsPlatform.Renewals.Contracts;
using CsPlatform.Renewals.Pipeline;

namespace CsPlatform.Renewals.Signing;

/// <summary>A later contract carries this one on. Twice is not an error; the first successor stays.</summary>
internal sealed record ContinueContract(Guid SuccessorId)
{
    public IReadOnlyList<IContractEvent> Decide(Contract contract, DateTimeOffset now) =>
        contract.SuccessorId is null ? [new ContractContinued(SuccessorId, now)] : [];
}

/// <summary>
/// Signing, and what follows from it for the account's other contracts and their renewals, in one transaction.
/// </summary>
internal sealed class ContractCommands(
    Commands commands, IDocumentSession session, TimeProvider clock, RenewalSettings settings)
{
    public async Task<Results<Created<ContractView>, Ok<ContractView>>> Sign(SignContract command, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await commands.MustHold(command.AccountId, ct); // may wait for the account, and so before the lock
        await AccountLock.Take(session, command.AccountId, ct);
        return await commands.Create<Contract, Contract, ContractView>(
            command, command.ContractId, command.Decide,
            contract => ContractView.Of(contract, DateOnly.FromDateTime(now.UtcDateTime)), "/v1/contracts", ct,
            (_, events) => Follow(Contract.Create((ContractSigned)events[0]), now, ct));
    }

    /// <summary>
    /// Its end falls due. Contracts may be entered in any order: the one that carries this one on may be here already.
    /// </summary>
    private async Task Follow(Contract contract, DateTimeOffset now, CancellationToken ct)
    {
        await AccountLock.Take(session, contract.AccountId, ct); // a try after a lost race is a transaction of its own
        session.FiguresChange(contract.AccountId);
        session.FallsDue(
            RenewalSweep.Kind, contract.Id, new(contract.EndsOn.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero));
        var others = await session.Query<Contract>().Where(c => c.AccountId == contract.AccountId).ToListAsync(ct);
        foreach (var earlier in others.Where(o => contract.Continues(o, settings.ContinuesWithinDays)))
            await Continue(earlier, contract.Id, now, ct);
        var successors = others.Where(o => o.Continues(contract, settings.ContinuesWithinDays));
        if (successors.MinBy(o => (o.StartsOn, o.Id)) is { } later)
            foreach (var e in new ContinueContract(later.Id).Decide(contract, now))
                session.Events.Append(contract.Id, e);
    }

    private async Task Continue(Contract earlier, Guid successorId, DateTimeOffset now, CancellationToken ct)
    {
        var contract = await session.Events.FetchForWriting<Contract>(earlier.Id, ct);
        contract.AppendMany(new ContinueContract(successorId).Decide(earlier, now));
        if (earlier.RenewalId is not { } renewalId)
            return;

        var renewal = await session.Events.FetchForWriting<Renewal>(renewalId, ct);
        renewal.AppendMany(new CloseRenewal(successorId).Decide(renewal.Aggregate!, now));
    }
}
