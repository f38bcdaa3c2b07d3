using System.Security.Cryptography;
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
    /// same stream, which the store creates only once. Form: a version 8 UUID over SHA-256.
    /// </summary>
    public static Guid IdFor(Guid contractId)
    {
        Span<byte> named = stackalloc byte[24];
        "renewal\0"u8.CopyTo(named);
        contractId.TryWriteBytes(named[8..], bigEndian: true, out _);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(named, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
