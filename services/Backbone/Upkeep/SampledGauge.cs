using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CsPlatform.Backbone;

/// <summary>One figure of a sampled gauge.</summary>
/// <param name="Of">What it is of, by the gauge's tag; null where the gauge has none.</param>
/// <param name="Value">The figure.</param>
public readonly record struct Sample(string? Of, double Value);

/// <summary>
/// A gauge whose figures are asked for every 15 s, however often telemetry is exported: of the database, or the broker.
/// </summary>
public sealed class SampledGauge
{
    private static readonly Meter Meter = new("CsPlatform.Sampled");

    private readonly Func<CancellationToken, Task<IReadOnlyList<Sample>>> read;
    private readonly string? tag;
    private volatile Measurement<double>[] current = [];

    internal SampledGauge(
        string name, string unit, string description, string? tag,
        Func<CancellationToken, Task<IReadOnlyList<Sample>>> read)
    {
        (this.read, this.tag) = (read, tag);
        Name = name;
        Meter.CreateObservableGauge(name, () => current, unit, description);
    }

    internal string Name { get; }

    internal async Task Sample(CancellationToken cancellationToken)
    {
        var samples = await read(cancellationToken);
        // What is no longer there is nought: a series that merely ended would stand at its last figure for ever.
        var gone = current.Select(TagOf).Except(samples.Select(s => s.Of)).Select(of => new Sample(of, 0));
        current = [.. samples.Concat(gone).Select(s => s.Of is null || tag is null
            ? new Measurement<double>(s.Value)
            : new Measurement<double>(s.Value, new KeyValuePair<string, object?>(tag, s.Of)))];
    }

    /// <summary>Nobody knows: no figure is better than an old one.</summary>
    internal void Forget() => current = [];

    private static string? TagOf(Measurement<double> measurement) =>
        measurement.Tags is [var only] ? only.Value as string : null;
}

/// <summary>Adds sampled gauges to a service.</summary>
public static class SampledGauges
{
    /// <summary>A gauge that reads what it shows; nothing is asked where no telemetry is exported.</summary>
    /// <param name="services">The service's.</param>
    /// <param name="name">Name after OpenTelemetry's conventions, in deploy/operations.md.</param>
    /// <param name="unit">UCUM unit, things in braces.</param>
    /// <param name="description">What it counts.</param>
    /// <param name="tag">What tells its figures apart; null where there is one.</param>
    /// <param name="read">Cheap, and outside any activity.</param>
    public static void AddSampledGauge(
        this IServiceCollection services, string name, string unit, string description, string? tag,
        Func<IServiceProvider, CancellationToken, Task<IReadOnlyList<Sample>>> read) =>
        services.AddSingleton(provider => new SampledGauge(name, unit, description, tag, ct => read(provider, ct)));

    /// <summary>A gauge over the service's database.</summary>
    /// <param name="services">The service's.</param>
    /// <param name="name">Name after OpenTelemetry's conventions, in deploy/operations.md.</param>
    /// <param name="unit">UCUM unit, things in braces.</param>
    /// <param name="description">What it counts.</param>
    /// <param name="tag">What tells its figures apart; null where there is one.</param>
    /// <param name="sql">
    /// Gives a text, what the figure is of (or null), and a double precision; it may name <c>@now</c>.
    /// </param>
    public static void AddSampledGauge(
        this IServiceCollection services, string name, string unit, string description, string? tag,
        Func<IServiceProvider, string> sql) =>
        services.AddSampledGauge(name, unit, description, tag, async (provider, ct) =>
        {
            await using var command = provider.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql(provider));
            command.CommandTimeout = 10;
            command.Parameters.AddWithValue("now", provider.GetRequiredService<TimeProvider>().GetUtcNow());
            List<Sample> samples = [];
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct))
                samples.Add(new(rows.IsDBNull(0) ? null : rows.GetString(0), rows.GetDouble(1)));
            return samples;
        });
}

/// <summary>Samples them all, from the start of the service on.</summary>
internal sealed partial class GaugeSampler(IEnumerable<SampledGauge> gauges, ILogger<GaugeSampler> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var interval = new PeriodicTimer(Interval);
        do
        {
            foreach (var gauge in gauges)
            {
                try
                {
                    await gauge.Sample(stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    // The database or the broker is away: others say so, in the log and in /health.
                    gauge.Forget();
                    LogNotRead(gauge.Name, e.Message);
                }
            }
        }
        while (await interval.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Gauge} could not be read: {Reason}")]
    private partial void LogNotRead(string gauge, string reason);
}
