using CsPlatform.Contracts.Accounts.V1;

namespace CsPlatform.Engagement.SubjectKeys;

/// <summary>
/// An account is known by its own id, and by other systems' keys, which may come before its own registration.
/// </summary>
internal static class SubjectHearings
{
    public static void HearSubjectKeys(this Hearings bus)
    {
        bus.Hear<AccountRegistered, LinkSubject>(
            m => m.AccountId, (subjects, m, ct) => subjects.Link($"account/{m.AccountId}", m.AccountId, ct));
        bus.Hear<ExternalKeyLinked, LinkSubject>(
            m => m.AccountId, (subjects, m, ct) => subjects.Link($"{m.System}/{m.Key}", m.AccountId, ct));
    }
}
