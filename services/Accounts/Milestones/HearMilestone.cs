using CsPlatform.Accounts.Life;

namespace CsPlatform.Accounts.Milestones;

/// <summary>
/// What another service said becomes part of the account's life, in whatever order it is heard: each fact has its own
/// time, and readers order by that. A message heard twice is kept out by its id, not here.
/// </summary>
internal sealed record HearMilestone(IMilestone Milestone)
{
    /// <exception cref="AccountNotHereException">No stream yet: a milestone never starts one.</exception>
    public IReadOnlyList<IMilestone> Decide(Account? account) => (Milestone, account) switch
    {
        (_, null) => throw new AccountNotHereException(),
        (FirstUseReached first, { FirstUseAt: { } known }) when first.OccurredAt >= known => [],
        _ => [Milestone],
    };
}

/// <summary>
/// A milestone of an account that is not registered. Its registration may be on the way, so the bus tries again, then
/// keeps the message in the error queue.
/// </summary>
internal sealed class AccountNotHereException() : Exception("No account is registered under this id.");
