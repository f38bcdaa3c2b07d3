using CsPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CsPlatform.Backbone;

/// <summary>
/// What every event-sourced service switches on once. Nothing here knows what the services are about.
/// </summary>
public static class EventSourcedService
{
    /// <summary>
    /// The service defaults, the clock that may be a replay's, and the service's database as its runtime role.
    /// </summary>
    /// <param name="builder">The service's builder; reads <c>ConnectionStrings__{service}</c>.</param>
    /// <param name="service">Lower-case service name, also of its database and queue.</param>
    public static void AddBackbone(this WebApplicationBuilder builder, string service)
    {
        builder.AddReplayClock(service); // read before anything uses it
        builder.AddServiceDefaults(service);
        builder.Services.AddSingleton(new KnownFaults(Faults.Read));
        builder.AddStoreTelemetry();
        builder.AddDatabase(service);
    }

    /// <summary>
    /// The routes every service has beside the defaults: failed messages, read models; in Development
    /// <c>/dev/idle</c>, and with a replay clock <c>/dev/clock</c> and <c>/dev/due</c>.
    /// </summary>
    /// <param name="app">The service.</param>
    public static void MapBackbone(this WebApplication app)
    {
        app.MapServiceDefaults();
        app.Lifetime.ApplicationStopping.Register(() => CrashPoint.Reach("drain-begun"));
        app.MapFailedMessages(app.Services.GetRequiredService<StoreSetup>().Service);
        app.MapReadModels();
        app.MapRetellings();
        if (app.Environment.IsDevelopment())
            app.MapDevelopment();
    }
}
