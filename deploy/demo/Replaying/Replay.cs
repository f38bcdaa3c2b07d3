using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using CsPlatform.Local.Platform;

namespace CsPlatform.Demo.Replaying;

/// <summary>What a day took.</summary>
internal sealed record DayFigures(DateOnly Date, int Events, TimeSpan Sweeping, TimeSpan Sending, TimeSpan Settling);

/// <summary>What the usage events that were sent over HTTP became.</summary>
internal sealed record IntakeCounts(long Accepted, long Repeated, long Parked)
{
    public IntakeCounts Plus(IntakeCounts other) =>
        new(Accepted + other.Accepted, Repeated + other.Repeated, Parked + other.Parked);
}

/// <summary>
/// Plays days through the public API as if each was today. A day: the clocks of all services move to its last second,
/// its facts are sent, and the system comes to rest. Every other night, before the clocks move on, the jobs that a
/// schedule would run are run. So no service ever sees a fact that is later than its clock.
/// </summary>
internal sealed class Replay(
    Endpoints endpoints, ReplayControl control, Func<BrokerMessage, CancellationToken, Task> publish,
    Action<DayFigures> onDay)
{
    private const int CallsAtOnce = 6;

    /// <summary>Silence is a matter of weeks: to look at it every other night loses a day at most.</summary>
    public const int SweepEveryDays = 2;

    private static readonly TimeSpan LongestWaitForAccount = TimeSpan.FromSeconds(30), LongestWork = TimeSpan.FromSeconds(90);
    /// <summary>When a day is played: nothing of it is later.</summary>
    public static readonly TimeOnly LastSecond = new(23, 59, 59);

    public IntakeCounts Intake { get; private set; } = new(0, 0, 0);

    /// <param name="looksOn">Days at whose end the silent are judged too, as if a scheduler had just swept.</param>
    /// <param name="onClosed">Called when a day is closed, before the next begins: to look, not to send.</param>
    public async Task<ClosedReplay> RunAsync(
        IReadOnlyList<ReplayDay> days, IReadOnlySet<DateOnly> looksOn, Func<DateOnly, Task> onClosed,
        CancellationToken cancellationToken)
    {
        var figures = new List<DayFigures>(days.Count);
        foreach (var day in days)
        {
            var done = await PlayAsync(day, cancellationToken);
            figures.Add(done);
            onDay(done);
            if (looksOn.Contains(day.Date))
            {
                await control.DueAsync("health", cancellationToken);
                await control.UntilIdleAsync(LongestWork, cancellationToken);
            }
            await onClosed(day.Date);
        }
        return ClosedReplay.After(days[^1].Date, figures);
    }

    private async Task<DayFigures> PlayAsync(ReplayDay day, CancellationToken cancellationToken)
    {
        var wire = Wire.Of(day);
        var start = Stopwatch.GetTimestamp();
        if (day.Date.DayNumber % SweepEveryDays == 0)
            await control.DueAsync(cancellationToken);
        var swept = Stopwatch.GetTimestamp();
        await control.MoveToAsync(new(day.Date, LastSecond, TimeSpan.Zero), cancellationToken: cancellationToken);
        await SendAsync(wire.Accounts, cancellationToken);
        await SendAsync(wire.Stages, cancellationToken);
        await Task.WhenAll(
            SendAsync(wire.Facts, cancellationToken),
            SendUsageAsync(wire.Usage, cancellationToken),
            SendMessagesAsync(wire.Messages, cancellationToken));
        var sent = Stopwatch.GetTimestamp();
        await control.UntilIdleAsync(LongestWork, cancellationToken);
        return new(day.Date, day.Events.Count, Stopwatch.GetElapsedTime(start, swept), Stopwatch.GetElapsedTime(swept, sent),
            Stopwatch.GetElapsedTime(sent));
    }

    private Task SendAsync(IReadOnlyList<ApiCall> calls, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            calls, new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellationToken },
            async (call, stop) => await SendAsync(call, stop));

    private async Task SendAsync(ApiCall call, CancellationToken cancellationToken)
    {
        for (var since = Stopwatch.GetTimestamp(); ; await Task.Delay(15, cancellationToken))
        {
            using var response = await endpoints.Of(call.Service, Part.Admin).PostAsync(
                call.Path, Content(call), cancellationToken);
            if (Stopwatch.GetElapsedTime(since) < LongestWaitForAccount
                && await IsPassingAsync(response, cancellationToken))
                continue;
            await EnsureAsync(response, cancellationToken);
            return;
        }
    }

    /// <summary>
    /// What any client tries again: the service has not heard of the new account yet, or the account changed meanwhile
    /// (a milestone from another service), and the command does not depend on what it was.
    /// </summary>
    private static async Task<bool> IsPassingAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        response.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.ServiceUnavailable
        || (response.StatusCode == HttpStatusCode.NotFound
            && (await response.Content.ReadAsStringAsync(cancellationToken)).Contains(
                "account-unknown", StringComparison.Ordinal));

    private async Task SendUsageAsync(IReadOnlyList<ApiCall> batches, CancellationToken cancellationToken)
    {
        foreach (var batch in batches)
        {
            using var response = await endpoints.Of(batch.Service, Part.Publisher)
                .PostAsync(batch.Path, Content(batch), cancellationToken);
            if (response.StatusCode != HttpStatusCode.Accepted)
                throw await FailureAsync(response, cancellationToken);
            Intake = Intake.Plus(await response.Content.ReadFromJsonAsync<IntakeCounts>(Json.Options, cancellationToken)
                ?? throw new HttpRequestException("No body in the answer to usage events."));
        }
    }

    private async Task SendMessagesAsync(IReadOnlyList<BrokerMessage> messages, CancellationToken cancellationToken)
    {
        foreach (var message in messages)
            await publish(message, cancellationToken);
    }

    private static ReadOnlyMemoryContent Content(ApiCall call) => new(call.Body)
    {
        Headers = { ContentType = new MediaTypeHeaderValue(call.ContentType) },
    };

    private static async Task EnsureAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
            throw await FailureAsync(response, cancellationToken);
    }

    private static async Task<HttpRequestException> FailureAsync(
        HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return new($"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri}: {response.StatusCode} "
            + (text.Length > 600 ? text[..600] + "…" : text));
    }
}
