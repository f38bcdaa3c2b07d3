namespace CsPlatform.AccountDirectory;

/// <summary>What a service keeps of an account that is registered.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Name">Display name; null where it has not been told yet, in a database of before.</param>
/// <param name="Tier">vip, potential, stable or atRisk; null where it has none.</param>
/// <param name="Stage">The journey stage; null where it has entered none.</param>
/// <param name="CsmId">The user id of its CSM; null where it has none.</param>
/// <param name="ExternalIds">Other systems' keys of it, by system.</param>
public sealed record DirectoryEntry(
    Guid AccountId, string? Name, string? Tier, string? Stage, string? CsmId,
    IReadOnlyDictionary<string, string> ExternalIds);
