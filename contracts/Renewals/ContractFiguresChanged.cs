namespace CsPlatform.Contracts.Renewals.V1;

/// <summary>
/// A notice of what accounts' contracts come to now. Coalesced, at least once, in any order: keep, for each account,
/// what came with the highest version. Published by Renewals.
/// </summary>
/// <param name="Accounts">Each account once, not empty.</param>
/// <param name="AsOf">When the figures were read, UTC.</param>
/// <param name="Version">A greater one is newer.</param>
public sealed record ContractFiguresChanged(
    IReadOnlyList<ContractFigures> Accounts, DateTimeOffset AsOf, long Version);

/// <summary>What one account's contracts come to.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="AnnualAmounts">Recurring amounts of a year of the contracts that run, one per currency.</param>
/// <param name="Seats">Licensed seats of the contracts that run.</param>
/// <param name="NextEndsOn">
/// The last day of the contract that ends next and is carried on by none; one past its end counts while its renewal is
/// open. Null without one.
/// </param>
/// <param name="NoticeOn">The last day on which notice may be given for it; null where none is agreed.</param>
/// <param name="RenewalOpen">Whether the renewal of any contract is open.</param>
public sealed record ContractFigures(
    Guid AccountId, IReadOnlyList<Money> AnnualAmounts, int Seats, DateOnly? NextEndsOn, DateOnly? NoticeOn,
    bool RenewalOpen);
