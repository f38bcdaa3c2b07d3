using CsPlatform.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace CsPlatform.Backbone;

/// <summary>What the store, the database and the bus tell, beside what every program does.</summary>
internal static class StoreTelemetry
{
    public static void AddStoreTelemetry(this IHostApplicationBuilder builder)
    {
        builder.Services.ConfigureOpenTelemetryTracerProvider(traces => traces
            .AddSource("MassTransit", "Marten")
            .AddProcessor(new MessageSpanNames())
            .AddNpgsql());
        builder.Services.ConfigureOpenTelemetryMeterProvider(
            metrics => metrics.AddMeter("MassTransit", "Marten", "Npgsql"));
        if (builder.IsWatched())
            builder.Services.AddHostedService<GaugeSampler>();
    }
}
