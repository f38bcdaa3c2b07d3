using System.Diagnostics;
using CsPlatform.Demo.Alerts;
using CsPlatform.Demo.Measuring;
using CsPlatform.Demo.Replaying;
using CsPlatform.Demo.Reporting;

namespace CsPlatform.Demo.Running;

/// <summary>Plays a scenario through a started system, looks, and only then asks what really happened.</summary>
internal sealed class DemoRun(Scenario scenario, DemoSystem system, TextWriter output, bool hasTerminal)
{
    private const int AtRiskShown = 10;

    private readonly HealthReader health = new(system.Endpoints);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var subscriber = await AlertSubscriber.StartAsync(
            system.SubscriberAddress, system.SubscriberQueue, cancellationToken);
        await using var publisher = await UsagePublisher.ConnectAsync(
            system.PublisherAddress, system.PublisherUser, cancellationToken);
        var progress = new Progress(scenario.Days.Count, () => subscriber.Ledger.Count, output, hasTerminal);
        var replay = new Replay(system.Endpoints, system.Control, publisher.PublishAsync, progress.On);
        var looks = new Dictionary<DateOnly, IReadOnlyList<ScoredAccount>>();

        output.WriteLine();
        output.WriteLine(scenario.Title);
        await PrepareAsync(cancellationToken);
        var start = Stopwatch.GetTimestamp();
        var closed = await replay.RunAsync(scenario.Days, scenario.LooksOn, async day =>
        {
            if (scenario.LooksOn.Contains(day))
                looks[day] = await health.AllAsync(cancellationToken);
        }, cancellationToken);
        await subscriber.UntilDrainedAsync(cancellationToken);
        WriteTimes(closed, replay.Intake, Stopwatch.GetElapsedTime(start));

        var scores = looks[closed.LastDay];
        await AtRiskReport.WriteAsync(
            output, health, scores.Take(AtRiskShown).ToList(), Keys(), closed.LastDay, cancellationToken);
        AlertsReport.Write(output, subscriber.Ledger);

        // From here on nothing is sent: the truth may be read.
        var truth = scenario.OpenTruth(closed);
        var episodes = subscriber.Ledger.Episodes();
        var reports = looks.OrderBy(l => l.Key)
            .Select(l => CutReport.Of(l.Key, [.. CasesOn(l.Key, l.Value, episodes, truth)])).ToList();
        TruthReport.Write(output, scenario, reports, episodes, truth);
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var eve = scenario.Days[0].Date.AddDays(-1);
        await system.Control.MoveToAsync(
            new(eve, TimeOnly.MinValue, TimeSpan.Zero), cancellationToken: cancellationToken);
        if (scenario.Preparation is not { } preparation)
            return;
        output.WriteLine(preparation.Words);
        await preparation.RunAsync(system.Endpoints, cancellationToken);
        await system.Control.UntilIdleAsync(cancellationToken: cancellationToken);
    }

    private IEnumerable<CutCase> CasesOn(
        DateOnly day, IReadOnlyList<ScoredAccount> scores, IReadOnlyList<Episode> episodes, Truth truth)
    {
        var score = scores.ToDictionary(s => s.AccountId, s => s.Score);
        var silent = RecencyBaseline.DaysSilent(scenario.Days, day);
        var flagged = episodes.Where(e => e.IsOpenOn(day)).Select(e => e.AccountId).ToHashSet();
        return
            from registered in scenario.Days.TakeWhile(d => d.Date <= day).SelectMany(d => d.Accounts)
            where truth.IsCustomerOn(registered.AccountId, day)
            select new CutCase(
                registered.AccountId,
                score.TryGetValue(registered.AccountId, out var s) ? s : null,
                silent.TryGetValue($"{registered.System}/{registered.Key}", out var d) ? d : null,
                flagged.Contains(registered.AccountId),
                truth.LeftAfter(registered.AccountId, day));
    }

    private Dictionary<Guid, string> Keys() =>
        scenario.Days.SelectMany(d => d.Accounts).ToDictionary(a => a.AccountId, a => $"{a.System}/{a.Key}");

    private void WriteTimes(ClosedReplay closed, IntakeCounts intake, TimeSpan took)
    {
        string Seconds(Func<DayFigures, TimeSpan> of) => $"{closed.Days.Sum(d => of(d).TotalSeconds):0}";
        output.WriteLine($"""
             {closed.Days.Count} days in {took.TotalSeconds:0} s: {Seconds(d => d.Sweeping)} s sweeping, {Seconds(d => d.Sending)} s sending, {Seconds(d => d.Settling)} s until the system was still.
             Usage over HTTP: {intake.Accepted:N0} events accepted, {intake.Repeated:N0} repeats, {intake.Parked:N0} waited for their account.
             """);
    }
}
