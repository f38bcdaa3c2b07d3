using CsPlatform.Contracts.Accounts.V1;
using MassTransit;

namespace CsPlatform.Engagement.SubjectKeys;

/// <summary>An account is known by its own id.</summary>
internal sealed class AccountRegisteredConsumer(LinkSubject subjects) : IConsumer<AccountRegistered>
{
    public Task Consume(ConsumeContext<AccountRegistered> context) => subjects.Link(
        $"account/{context.Message.AccountId}", context.Message.AccountId, context.CancellationToken);
}
