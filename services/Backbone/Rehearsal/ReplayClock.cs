using CsPlatform.ServiceDefaults;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Telemetry;

namespace CsPlatform.Backbone;

/// <summary>
/// The domain's clock while history is played: it stands where it was put, or goes on from there at real pace. Timers
/// stay real. In use only in Development with <c>Clock__Replay=true</c>; <c>PUT /dev/clock</c> moves it.
/// </summary>
/// <param name="start">Where it stands first, UTC.</param>
public sealed class ReplayClock(DateTimeOffset start) : TimeProvider
{
    private volatile Position position = new(start.ToUniversalTime(), null);

    /// <summary>Whether it goes on; otherwise it stands.</summary>
    public bool Runs => position.Since is not null;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        var shown = position;
        return shown.Since is { } since ? shown.At + System.GetElapsedTime(since) : shown.At;
    }

    /// <summary>Moves the clock, also backwards.</summary>
    /// <param name="now">The time it shows from now on, or goes on from.</param>
    /// <param name="runs">Whether it goes on at real pace, by the monotonic clock.</param>
    public void MoveTo(DateTimeOffset now, bool runs = false) =>
        position = new(now.ToUniversalTime(), runs ? System.GetTimestamp() : null);

    private sealed record Position(DateTimeOffset At, long? Since);
}

/// <summary>Puts the replay clock in the place of the real one.</summary>
internal static class ReplayClocks
{
    /// <summary>
    /// In Development with <c>Clock__Replay=true</c> the domain's clock, the <see cref="TimeProvider"/> that is
    /// injected, is a replay clock. What belongs to the machine keeps real time: tokens (<see cref="Access"/>),
    /// schedules (<see cref="Schedule"/>), and here the circuit breakers of HTTP clients, which would stay open for as
    /// long as a clock stands.
    /// </summary>
    public static void AddReplayClock(this IHostApplicationBuilder builder, string service)
    {
        if (!builder.Environment.IsDevelopment() || !builder.Configuration.GetValue<bool>("Clock:Replay"))
            return;

        var start = builder.Configuration.GetValue("Clock:StartsAt", DateTimeOffset.UnixEpoch.AddYears(30));
        var clock = new ReplayClock(start);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton(
            services => ActivatorUtilities.CreateInstance<StoredClock>(services, clock, service));
        builder.Services.AddHostedService(services => services.GetRequiredService<StoredClock>());
        builder.Services.AddTransient(services =>
            new ResiliencePipelineBuilder { TimeProvider = TimeProvider.System }
                .ConfigureTelemetry(services.GetRequiredService<IOptions<TelemetryOptions>>().Value));
    }
}
