using CsPlatform.Contracts;

namespace CsPlatform.Renewals.Pipeline;

internal enum RenewalStatus
{
    Open,
    Renewed,
}

/// <summary>The work of carrying one contract on. Stays open past its due day until a successor is signed.</summary>
internal sealed partial record Renewal(
    Guid Id, Guid ContractId, Guid AccountId, DateOnly DueOn, Money AnnualAmount, RenewalStatus Status,
    Guid? SuccessorId, DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt, long Version)
{
    public static Renewal Create(RenewalOpened e) => new(
        e.RenewalId, e.ContractId, e.AccountId, e.DueOn, e.AnnualAmount, RenewalStatus.Open,
        SuccessorId: null, e.OccurredAt, ClosedAt: null, Version: 1);

    public Renewal Apply(RenewalClosed e) => this with
    {
        Status = e.Outcome switch { RenewalOutcome.Renewed => RenewalStatus.Renewed },
        SuccessorId = e.SuccessorId,
        ClosedAt = e.OccurredAt,
    };

    /// <summary>
    /// The one renewal that a contract can have: the id follows from the contract's, so two sweeps at once make the
    /// same stream, which the store creates only once.
    /// </summary>
    public static Guid IdFor(Guid contractId)
    {
        Span<byte> named = stackalloc byte[24];
        "renewal\0"u8.CopyTo(named);
        contractId.TryWriteBytes(named[8..], bigEndian: true, out _);
        return DerivedId.Of(named);
    }
}
