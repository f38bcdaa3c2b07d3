using Marten;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace CsPlatform.Backbone;

/// <summary>Hands a message to what a service does with it, in a scope of its own.</summary>
internal sealed class Hearing<T>(
    IServiceProvider services, Func<IServiceProvider, ConsumeContext<T>, Task> handle) : IConsumer<T> where T : class
{
    public async Task Consume(ConsumeContext<T> context)
    {
        await using var scope = services.CreateAsyncScope();
        await handle(scope.ServiceProvider, context);
    }
}

/// <summary>The same for many messages.</summary>
internal sealed class BatchHearing<T>(
    IServiceProvider services, Func<IServiceProvider, IReadOnlyList<T>, CancellationToken, Task> handle)
    : IConsumer<Batch<T>> where T : class
{
    public async Task Consume(ConsumeContext<Batch<T>> context)
    {
        await using var scope = services.CreateAsyncScope();
        await handle(scope.ServiceProvider, [.. context.Message.Select(m => m.Message)], context.CancellationToken);
    }
}

/// <summary>The repeat guard: a message's effects and its mark are one transaction.</summary>
internal static class Guarded
{
    public static async Task Handle<T>(IServiceProvider scope, ConsumeContext<T> context, HearMessage<T> handle)
        where T : class
    {
        var id = context.MessageId
            ?? throw new InvalidOperationException("A message without an id cannot be told from its repeat.");
        var session = scope.GetRequiredService<IDocumentSession>();
        await handle(session, context.Message, id, context.CancellationToken);
        if (!HasWork(session))
            return;

        session.Insert(new HandledMessage(id));
        await session.SaveChangesAsync(context.CancellationToken);
        CrashPoint.Reach("hearing-saved");
    }

    private static bool HasWork(IDocumentSession session) =>
        session.PendingChanges.Streams().Any(s => s.Events.Count > 0) || session.PendingChanges.Operations().Any();
}
