using CsPlatform.Demo.Replaying;
using CsPlatform.Demo.Simulator;

namespace CsPlatform.Demo.Tests.Replaying;

public sealed class ReplayTests
{
    private static readonly IReadOnlyList<ReplayDay> Days = SampleCompany.Simulate(
        lastDay: SampleCompany.FirstDay.AddDays(6)).Days;

    [Fact]
    public async Task Every_day_moves_all_clocks_first_and_every_other_night_due_work_comes_before()
    {
        var services = new RecordedServices();
        await Play(services, Days);
        var asked = services.All.Where(a => a.Path != "/dev/idle").ToList();
        var from = 0;
        foreach (var day in Days)
        {
            var night = asked[from..].TakeWhile(a => a.Path == "/dev/due").Select(a => a.Service).Order();
            var isDue = day.Date.DayNumber % Replay.SweepEveryDays == 0;
            Assert.Equal(isDue ? Topology.Services.Select(s => s.Name).Order() : [], night);
            from += night.Count();
            var move = asked[from..(from + 5)];
            Assert.All(move, a => Assert.Contains($"{day.Date:yyyy-MM-dd}T23:59:59", a.Body, StringComparison.Ordinal));
            Assert.Equal(Topology.Services.Select(s => s.Name).Order(), move.Select(a => a.Service).Order());
            from += 5 + asked[(from + 5)..].TakeWhile(a => a.Path is not ("/dev/due" or "/dev/clock")).Count();
        }
        Assert.Equal(asked.Count, from);
    }

    [Fact]
    public async Task Before_a_look_the_silent_are_judged_as_of_the_end_of_the_day()
    {
        var (services, asked) = (new RecordedServices(), new List<Asked>());
        await Play(services, Days, looksOn: [Days[2].Date], onClosed: day =>
        {
            if (day == Days[2].Date)
                asked = [.. services.All.Where(a => a.Path != "/dev/idle")];
            return Task.CompletedTask;
        });
        Assert.Equal("health/dev/due", asked[^1].Service + asked[^1].Path);
        Assert.Contains(
            $"{Days[2].Date:yyyy-MM-dd}T23:59:59", asked.Last(a => a.Path == "/dev/clock").Body,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_sent_that_is_later_than_the_clock()
    {
        var services = new RecordedServices();
        await Play(services, Days);
        var clock = DateOnly.MinValue;
        foreach (var asked in services.All)
            if (asked.Path == "/dev/clock")
                clock = DateOnly.ParseExact(asked.Body[8..18], "yyyy-MM-dd");
            else
                for (var later = clock.AddDays(1); later < clock.AddDays(40); later = later.AddDays(1))
                    Assert.DoesNotContain($"\"time\":\"{later:yyyy-MM-dd}", asked.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sends_exactly_the_bytes_of_the_days()
    {
        var (services, messages) = (new RecordedServices(), new List<string>());
        await Play(services, Days, (m, _) =>
        {
            messages.Add(System.Text.Encoding.UTF8.GetString(m.Body.Span));
            return Task.CompletedTask;
        });
        var wires = Days.Select(Wire.Of).ToList();
        string Text(ReadOnlyMemory<byte> body) => System.Text.Encoding.UTF8.GetString(body.Span);
        Assert.Equal(
            wires.SelectMany(w => w.Calls).Select(c => c.Service + c.Path + Text(c.Body)).Order(StringComparer.Ordinal),
            services.All.Where(a => !a.Path.StartsWith("/dev/", StringComparison.Ordinal))
                .Select(a => a.Service + a.Path + a.Body).Order(StringComparer.Ordinal));
        Assert.Equal(wires.SelectMany(w => w.Messages).Select(m => Text(m.Body)), messages);
    }

    [Fact]
    public async Task A_service_that_has_not_heard_of_an_account_is_asked_again()
    {
        var refusals = 3;
        var services = new RecordedServices
        {
            Answer = a => a.Path == "/v1/contracts" && Interlocked.Decrement(ref refusals) >= 0
                ? RecordedServices.Json(HttpStatusCode.NotFound, """{"code":"account-unknown"}""")
                : null,
        };
        await Play(services, [Days[0]]);
        Assert.Equal(Days[0].Contracts.Count + 3, services.All.Count(a => a.Path == "/v1/contracts"));
    }

    [Fact]
    public async Task A_change_that_lost_a_race_is_sent_again()
    {
        var races = 2;
        var services = new RecordedServices
        {
            Answer = a => a.Path.EndsWith("/stages", StringComparison.Ordinal) && Interlocked.Decrement(ref races) >= 0
                ? RecordedServices.Json(HttpStatusCode.PreconditionFailed, """{"code":"version-changed"}""")
                : null,
        };
        await Play(services, [Days[0]]);
        Assert.Equal(
            Days[0].Stages.Count + 2, services.All.Count(a => a.Path.EndsWith("/stages", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(HttpStatusCode.MultiStatus)]
    [InlineData(HttpStatusCode.BadRequest)]
    public async Task A_refused_event_ends_the_replay(HttpStatusCode status)
    {
        var services = new RecordedServices
        {
            Answer = a => a.Path == "/v1/events" ? RecordedServices.Json(status, """{"refused":1}""") : null,
        };
        await Assert.ThrowsAsync<HttpRequestException>(() => Play(services, Days));
    }

    [Fact]
    public async Task The_truth_can_only_be_opened_after_the_last_day_is_closed()
    {
        var services = new RecordedServices();
        var looked = new List<DateOnly>();
        var closed = await Play(services, Days, onClosed: day =>
        {
            looked.Add(day);
            return Task.CompletedTask;
        });
        Assert.Equal(Days[^1].Date, closed.LastDay);
        Assert.Equal(Days.Select(d => d.Date), looked);
        // The types say it: nobody else can make what the readers of the truth ask for.
        Assert.Empty(typeof(ClosedReplay).GetConstructors());
        var sent = services.All.Count;
        _ = SampleCompany.Simulate(lastDay: SampleCompany.FirstDay.AddDays(6)).Truth.Departures(91);
        Assert.Equal(sent, services.All.Count);
    }

    private static async Task<ClosedReplay> Play(
        RecordedServices services, IReadOnlyList<ReplayDay> days, Func<BrokerMessage, CancellationToken,
        Task>? publish = null,
        Func<DateOnly, Task>? onClosed = null, IEnumerable<DateOnly>? looksOn = null)
    {
        using var endpoints = new Endpoints(service => new($"http://{service}"), part => $"{part}", () => services);
        using var control = new ReplayControl(Topology.Services.ToDictionary(s => s.Name,
            s => new HttpClient(services, disposeHandler: false) { BaseAddress = new($"http://{s.Name}") }));
        return await new Replay(endpoints, control, publish ?? ((_, _) => Task.CompletedTask), _ => { })
            .RunAsync(
                days, (looksOn ?? []).ToHashSet(), onClosed ?? (_ => Task.CompletedTask),
                TestContext.Current.CancellationToken);
    }
}
