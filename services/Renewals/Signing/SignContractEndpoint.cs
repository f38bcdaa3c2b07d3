using CsPlatform.Renewals.Messaging;
using CsPlatform.Renewals.Pipeline;
using CsPlatform.ServiceDefaults;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CsPlatform.Renewals.Signing;

internal static class SignContractEndpoint
{
    public static void MapSignContract(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/contracts", Handle)
            .WithName(nameof(SignContract))
            .WithSummary("Signs a contract; the same contract again is answered with 200")
            .WithTags("Contracts")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed)
            .AllowEditors();

    private static async Task<Results<Created<ContractView>, Ok<ContractView>>> Handle(
        SignContract command, HttpResponse response, IDocumentSession session, TimeProvider clock,
        RenewalSettings settings, CancellationToken ct)
    {
        if (ContractRules.Check(command) is { Count: > 0 } errors)
            throw RefusedException.Invalid(errors);

        var now = clock.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var contractId = command.ContractId ?? Guid.CreateVersion7(now);
        await AccountLock.Take(session, command.AccountId, ct);

        var existing = await session.LoadAsync<Contract>(contractId, ct);
        var accountIsKnown = await session.LoadAsync<KnownAccount>(command.AccountId, ct) is not null;
        if (command.Decide(contractId, existing, accountIsKnown, now) is not [ContractSigned signed])
        {
            response.Headers.ETag = ETag.Of(existing!.Version);
            return TypedResults.Ok(ContractView.Of(existing, today));
        }

        session.Events.StartStream<Contract>(contractId, signed);
        var contract = Contract.Create(signed);
        var others = await session.Query<Contract>().Where(c => c.AccountId == command.AccountId).ToListAsync(ct);
        foreach (var earlier in others.Where(o => contract.Continues(o, settings.ContinuesWithinDays)))
            await Continue(session, earlier, contract.Id, now, ct);
        // Contracts may be entered in any order: the one that carries this one on may be here already.
        var successors = others.Where(o => o.Continues(contract, settings.ContinuesWithinDays));
        if (successors.MinBy(o => (o.StartsOn, o.Id)) is { } later)
            foreach (var e in new ContinueContract(later.Id).Decide(contract, now))
                session.Events.Append(contractId, e);
        await session.SaveChangesAsync(ct);
        CrashPoint.Reach("contract-saved");

        contract = (await session.LoadAsync<Contract>(contractId, ct))!;
        response.Headers.ETag = ETag.Of(contract.Version);
        return TypedResults.Created($"/v1/contracts/{contractId}", ContractView.Of(contract, today));
    }

    private static async Task Continue(
        IDocumentSession session, Contract earlier, Guid successorId, DateTimeOffset now, CancellationToken ct)
    {
        var contract = await session.Events.FetchForWriting<Contract>(earlier.Id, ct);
        contract.AppendMany(new ContinueContract(successorId).Decide(earlier, now));
        if (earlier.RenewalId is not { } renewalId)
            return;

        var renewal = await session.Events.FetchForWriting<Renewal>(renewalId, ct);
        renewal.AppendMany(new CloseRenewal(successorId).Decide(renewal.Aggregate!, now));
    }
}
