using CsPlatform.Contracts.Accounts.V1;
using Marten;
using MassTransit;

namespace CsPlatform.Renewals.Messaging;

/// <summary>Remembers that the account exists. A repeat stores the same row again.</summary>
internal sealed class AccountRegisteredConsumer(IDocumentSession session) : IConsumer<AccountRegistered>
{
    public async Task Consume(ConsumeContext<AccountRegistered> context)
    {
        session.Store(new KnownAccount(context.Message.AccountId));
        await session.SaveChangesAsync(context.CancellationToken);
    }
}
