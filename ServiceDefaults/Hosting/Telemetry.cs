using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CsPlatform.ServiceDefaults;

/// <summary>Traces, metrics and logs over OTLP, wherever <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> points.</summary>
public static class Telemetry
{
    /// <summary>The platform's own activities. A service may add sources named <c>CsPlatform.*</c>.</summary>
    public static ActivitySource Source { get; } = new("CsPlatform.ServiceDefaults");

    private static readonly string[] Chatter =
        ["Microsoft.AspNetCore", "System.Net.Http", "Polly", "Quartz", "Npgsql", "MassTransit", "Marten", "JasperFx"];

    /// <summary>True where somebody receives telemetry.</summary>
    /// <param name="builder">The program's builder.</param>
    public static bool IsWatched(this IHostApplicationBuilder builder) =>
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };

    internal static void AddTelemetry(this IHostApplicationBuilder builder, string service)
    {
        foreach (var chatter in Chatter)
            builder.Logging.AddFilter(chatter, LogLevel.Warning);
        builder.Logging.AddOpenTelemetry(logs => (logs.IncludeFormattedMessage, logs.IncludeScopes) = (true, true));
        var exports = builder.IsWatched();
        var perSecond = builder.Configuration.Number(
            "Telemetry:TracesPerSecond", int.MaxValue, min: 1, max: int.MaxValue);
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService(NameOf(service), serviceNamespace: "csplatform")
                // Whoever runs the service knows it by the name and the instance that it gave: these come last and win.
                .AddEnvironmentVariableDetector())
            .WithTracing(traces => traces
                // Where nobody looks a trace only keeps its id: it still reaches events, messages and answers.
                .SetSampler(new ParentBasedSampler(
                    exports ? new RootsWithAStory(perSecond, TimeProvider.System) : new AlwaysOffSampler()))
                .AddSource("CsPlatform.*")
                .AddHttpClientInstrumentation()
                .AddAspNetCoreInstrumentation(o => o.Filter = http => !IsProbe(http.Request.Path)))
            .WithMetrics(metrics => metrics
                .AddMeter("CsPlatform.*", "Polly")
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation());
        if (exports)
            telemetry.UseOtlpExporter();
    }

    private static bool IsProbe(string path) => path is "/alive" or "/health" or "/dev/idle" or "/dev/clock";

    /// <summary>
    /// A run of a verb is no further instance of the service that serves: <c>accounts-migrate</c> beside
    /// <c>accounts</c>.
    /// </summary>
    private static string NameOf(string service) =>
        Environment.GetCommandLineArgs() is [_, ("migrate" or "rebuild") and var verb, ..]
            ? $"{service}-{verb}"
            : service;
}
