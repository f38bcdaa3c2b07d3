using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
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

    /// <summary>The header of a stored event whose message continues another trace than that of its appending.</summary>
    public const string TraceHeader = "traceparent";

    internal static void AddTelemetry(this IHostApplicationBuilder builder, string service)
    {
        foreach (var chatter in (string[])["Microsoft.AspNetCore", "Microsoft.AspNetCore.DataProtection", "System.Net.Http", "Polly", "Quartz", "Npgsql", "MassTransit", "Marten", "JasperFx"])
            builder.Logging.AddFilter(chatter, LogLevel.Warning);
        builder.Logging.AddOpenTelemetry(logs => (logs.IncludeFormattedMessage, logs.IncludeScopes) = (true, true));
        var exports = builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(service, serviceNamespace: "csplatform"))
            .WithTracing(traces => traces
                // Where nobody looks a trace only keeps its id: it still reaches events, messages and answers.
                .SetSampler(new ParentBasedSampler(exports ? new NoPollingRoots() : new AlwaysOffSampler()))
                .AddSource("CsPlatform.*", "MassTransit", "Marten")
                .AddProcessor(new WithoutMessageTypes())
                .AddNpgsql()
                .AddHttpClientInstrumentation()
                .AddAspNetCoreInstrumentation(o => o.Filter = http => !IsProbe(http.Request.Path)))
            .WithMetrics(metrics => metrics
                .AddMeter("CsPlatform.*", "MassTransit", "Marten", "Npgsql", "Polly")
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation());
        if (exports)
            telemetry.UseOtlpExporter();
    }

    private static bool IsProbe(string path) => path is "/alive" or "/health" || path.StartsWith("/dev/", StringComparison.Ordinal);

    /// <summary>What polls has no story: the daemon's high-water mark and commands outside any activity make no trace.</summary>
    private sealed class NoPollingRoots : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) => new(
            samplingParameters.Name.EndsWith("highwatermark", StringComparison.OrdinalIgnoreCase)
            || samplingParameters.Kind == ActivityKind.Client && samplingParameters.Tags?.Any(t => t.Key.StartsWith("db.", StringComparison.Ordinal)) == true
                ? SamplingDecision.Drop
                : SamplingDecision.RecordAndSample);
    }

    /// <summary>What a message calls itself is anybody's text; those known are in the span's name.</summary>
    private sealed class WithoutMessageTypes : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data) => data.SetTag("messaging.masstransit.message_types", null);
    }

    /// <summary>
    /// The server ends what a client left open that fell silent, in a transaction, a COPY or a wait for a lock. By TCP alone
    /// it would hold that client's locks for hours, and who tries the same again would wait for them.
    /// </summary>
    private const string EndOfSilentClients = "-c idle_in_transaction_session_timeout=10s -c client_connection_check_interval=5s "
        + "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3";

    internal static NpgsqlDataSource DataSource(string connectionString, string service)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.ConnectionStringBuilder.ApplicationName = service;
        builder.ConnectionStringBuilder.Options = $"{EndOfSilentClients} {builder.ConnectionStringBuilder.Options}".TrimEnd();
        builder.ConnectionStringBuilder.MaxAutoPrepare = 200; // the same few statements again and again
        builder.ConfigureTracing(o => o.ConfigureCommandFilter(_ => Activity.Current is not null));
        return builder.Build();
    }
}
