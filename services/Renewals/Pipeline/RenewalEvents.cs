using CsPlatform.Contracts;

namespace CsPlatform.Renewals.Pipeline;

internal enum RenewalOutcome
{
    Renewed,
}

/// <summary>A fact on one renewal's stream. Stored for ever: add new ones, never change one.</summary>
internal interface IRenewalEvent;

/// <summary>First event of every stream. DueOn is the contract's last day.</summary>
[Stored("renewal_opened.v1")]
internal sealed record RenewalOpened(
    Guid RenewalId, Guid ContractId, Guid AccountId, DateOnly DueOn, Money AnnualAmount, DateTimeOffset OccurredAt)
    : IRenewalEvent;

/// <summary>Last event of a stream. SuccessorId is the contract that carries the term on.</summary>
[Stored("renewal_closed.v1")]
internal sealed record RenewalClosed(RenewalOutcome Outcome, Guid SuccessorId, DateTimeOffset OccurredAt)
    : IRenewalEvent;
