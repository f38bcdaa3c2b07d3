using System.Reflection;
using JasperFx.Events.Aggregation;
using Marten;

namespace CsPlatform.Backbone;

/// <summary>
/// The name under which an event is stored, for ever: the class may be renamed and moved, the name may not.
/// </summary>
/// <param name="name">What happened and its version, e.g. <c>account_registered.v1</c>; once in a service.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class StoredAttribute(string name) : Attribute
{
    /// <summary>As it stands in the event store.</summary>
    public string Name { get; } = name;
}

/// <summary>The stored events of a service: every type of its own that has a <see cref="StoredAttribute"/>.</summary>
internal static class StoredEvents
{
    /// <summary>
    /// Maps them under their names, and refuses what has none: folded at start, appended when it is saved.
    /// </summary>
    /// <param name="options">With the service's projections.</param>
    /// <param name="types">All types of the service.</param>
    /// <exception cref="InvalidOperationException">
    /// Two events have one name, or one that is folded has none.
    /// </exception>
    public static void Map(StoreOptions options, IReadOnlyCollection<Type> types)
    {
        Dictionary<string, Type> byName = [];
        foreach (var type in types)
        {
            if (type.GetCustomAttribute<StoredAttribute>() is not { Name: var name })
                continue;
            if (!byName.TryAdd(name, type))
                throw new InvalidOperationException($"{type} and {byName[name]} are both stored as {name}.");
            options.Events.MapEventType(type, name);
        }
        var named = new OnlyNamed(types.Except(byName.Values).Where(type => !type.IsAbstract).ToHashSet());
        foreach (var projection in options.Projections.All.OfType<IAggregateProjection>())
            named.Require(projection.AllEventTypes);
        options.Listeners.Add(named);
    }

    /// <summary>By the name of its class an event could not be read again once the class is renamed.</summary>
    private sealed class OnlyNamed(IReadOnlySet<Type> unnamed) : DocumentSessionListenerBase
    {
        public void Require(IEnumerable<Type> events)
        {
            if (events.FirstOrDefault(unnamed.Contains) is { } type)
                throw new InvalidOperationException($"{type} has no stored name: give it [Stored(\"…\")].");
        }

        public override Task BeforeSaveChangesAsync(IDocumentSession session, CancellationToken token)
        {
            Require(session.PendingChanges.Streams().SelectMany(stream => stream.Events).Select(e => e.EventType));
            return Task.CompletedTask;
        }
    }
}
