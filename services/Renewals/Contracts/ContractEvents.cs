using CsPlatform.Contracts;

namespace CsPlatform.Renewals.Contracts;

/// <summary>A fact on one contract's stream. Stored for ever: add new ones, never change one.</summary>
internal interface IContractEvent;

/// <summary>First event of every stream. Both days belong to the term; RecurringAmount is per billing period.</summary>
[Stored("contract_signed.v1")]
internal sealed record ContractSigned(
    Guid ContractId, Guid AccountId, DateOnly StartsOn, DateOnly EndsOn, int Seats, IReadOnlyList<string> Products,
    Money RecurringAmount, BillingPeriod BillingPeriod, Money AnnualAmount, int? NoticePeriodDays, bool AutoRenews,
    DateTimeOffset OccurredAt) : IContractEvent;

/// <summary>The contract's end is near; its renewal, a stream of its own, starts in the same transaction.</summary>
[Stored("contract_came_up_for_renewal.v1")]
internal sealed record ContractCameUpForRenewal(Guid RenewalId, DateTimeOffset OccurredAt) : IContractEvent;

/// <summary>Another contract of the account carries the term on.</summary>
[Stored("contract_continued.v1")]
internal sealed record ContractContinued(Guid SuccessorId, DateTimeOffset OccurredAt) : IContractEvent;
