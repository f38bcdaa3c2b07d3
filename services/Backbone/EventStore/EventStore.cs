using JasperFx;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using Marten;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Weasel.Core;

namespace CsPlatform.Backbone;

/// <summary>The service's own event store, its daemon and its outbox, set up the same way everywhere.</summary>
public static class EventStore
{
    /// <summary>
    /// The header of a stored event whose message continues another trace than that of its appending.
    /// </summary>
    public const string TraceHeader = "traceparent";

    /// <summary>
    /// Adds Marten on the service's database, the daemon under our own leader election, and the outbox: a subscription
    /// that publishes what stored events mean to others.
    /// </summary>
    /// <param name="builder">The service's builder; reads <c>ConnectionStrings__{service}</c>.</param>
    /// <param name="service">Lower-case service name; also the database schema.</param>
    /// <param name="configure">
    /// Names the service's projections and documents; the events of its assembly have a <see cref="StoredAttribute"/>.
    /// </param>
    /// <param name="translate">
    /// What an event means to others: contract messages and <see cref="PublicCloudEvent"/>s; empty keeps it private.
    /// </param>
    /// <param name="orderBy">Whose order must be kept; the event's stream unless given.</param>
    public static void AddEventStore(
        this IHostApplicationBuilder builder, string service, Action<StoreOptions> configure,
        Func<IEvent, IEnumerable<object>> translate, Func<IEvent, Guid>? orderBy = null)
    {
        builder.Services.AddSingleton(new OutboxTranslation(translate, orderBy ?? (e => e.StreamId)));
        builder.Services.AddSingleton(new OwnSql(configure.Method.Module.Assembly));
        builder.Services.AddSingleton(new StoreSetup(
            service, configure, builder.Configuration.RequiredConnectionString(service)));
        builder.Services
            .AddMarten(services =>
            {
                var options = Options(service, configure, services.GetRequiredService<TimeProvider>());
                options.Connection(services.GetRequiredService<NpgsqlDataSource>());
                options.AutoCreateSchemaObjects = AutoCreate.None; // the migrate verb makes the schema, as its owner
                return options;
            })
            .BuildSessionsWith<AuthoredSessions>(ServiceLifetime.Scoped)
            .AddSubscriptionWithServices<Outbox>(ServiceLifetime.Singleton, o => o.Options.BatchSize = 500);
        builder.Services.AddBacklogGauges(service);
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddSingleton<ReadModelRebuilds>();
        builder.Services.AddSingleton<Retellings>();
        builder.Services.AddScoped(services => new DueWork(
            services.GetRequiredService<ISessionFactory>(), service, services.GetRequiredService<ILogger<DueWork>>()));
        builder.Services.AddSingleton<LeaderDaemon>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LeaderDaemon>());
        builder.Services.AddHealthChecks().AddCheck<LeaderDaemon>("daemon", tags: ["ready"]);
    }

    /// <summary>
    /// The options of a service's store without its connection: for the service, its migration and its tests.
    /// </summary>
    /// <param name="service">Lower-case service name; also the database schema.</param>
    /// <param name="configure">
    /// Names the service's projections and documents; the events of its assembly have a <see cref="StoredAttribute"/>.
    /// </param>
    /// <param name="clock">Stamps the events.</param>
    public static StoreOptions Options(string service, Action<StoreOptions> configure, TimeProvider clock)
    {
        var options = new StoreOptions { DatabaseSchemaName = service, CommandTimeout = 60 };
        options.UseSystemTextJsonForSerialization(EnumStorage.AsString, Casing.CamelCase);
        options.Events.TimeProvider = clock;
        options.Events.StreamIdentity = StreamIdentity.AsGuid;
        options.Events.UseListenNotifyForEventAppends = true;
        options.Events.UseMandatoryStreamTypeDeclaration = true;
        options.Events.UseOptimizedProjectionRebuilds = true;
        // A try after one that failed must read again: what the session had folded was never saved.
        options.Events.UseIdentityMapForAggregates = false;
        options.Events.MetadataConfig.EnableAll();
        options.Events.MetadataConfig.UserNameEnabled = true;
        options.Projections.AsyncMode = DaemonMode.ExternallyManaged; // by LeaderDaemon
        options.Projections.StaleSequenceThreshold = TimeSpan.FromSeconds(1);
        options.Projections.StopAndDrainTimeout = TimeSpan.FromSeconds(1); // less than a new leader waits
        // A skipped event is a wrong answer for ever: stop, say so in /health, and go on when it is mended.
        options.Projections.Errors.SkipApplyErrors = false;
        options.Projections.Errors.SkipSerializationErrors = false;
        options.Projections.Errors.SkipUnknownEvents = false;
        options.Schema.For<HandledMessage>().DocumentAlias("handledmessage")
            .Metadata(m => m.DisableInformationalFields());
        configure(options);
        StoredEvents.Map(options, configure.Method.Module.GetTypes());
        return options;
    }

    internal static string RequiredConnectionString(this IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"Set ConnectionStrings__{name}: it is missing.");
}

/// <summary>
/// Sessions that know who acts: the caller's <c>sub</c>, or the service itself where it acts on a message or by the
/// clock.
/// </summary>
internal sealed class AuthoredSessions(
    IDocumentStore store, StoreSetup setup, IHttpContextAccessor http) : ISessionFactory
{
    public IQuerySession QuerySession() => store.QuerySession();

    public IDocumentSession OpenSession()
    {
        var session = store.LightweightSession();
        session.LastModifiedBy = http.HttpContext?.User.FindFirst("sub")?.Value ?? setup.Service;
        return session;
    }
}

/// <summary>
/// What makes a service's store: its name, its events and projections, its database as the runtime role.
/// </summary>
internal sealed record StoreSetup(string Service, Action<StoreOptions> Configure, string ConnectionString);
