using CsPlatform.Contracts.Accounts.V1;
using MassTransit;

namespace CsPlatform.Engagement.SubjectKeys;

/// <summary>An account is known by another system's key. May come before the account's own registration.</summary>
internal sealed class ExternalKeyLinkedConsumer(LinkSubject subjects) : IConsumer<ExternalKeyLinked>
{
    public Task Consume(ConsumeContext<ExternalKeyLinked> context) => subjects.Link(
        $"{context.Message.System}/{context.Message.Key}", context.Message.AccountId, context.CancellationToken);
}
