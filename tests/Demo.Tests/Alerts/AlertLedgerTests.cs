using System.Text;
using CsPlatform.Demo.Alerts;
using CsPlatform.Demo.Measuring;

namespace CsPlatform.Demo.Tests.Alerts;

public sealed class AlertLedgerTests
{
    private static readonly Guid Account = new("0198f6c2-1c4b-7d02-8a6e-5b1f0c9d2e34");
    private static readonly DateOnly Day1 = new(2025, 3, 1);

    private static ReceivedAlert Alert(int sequence, string kind, int day, string? id = null, int alert = 1) =>
        ReceivedAlert.Parse(
        Encoding.UTF8.GetBytes($$$"""
            {"specversion":"1.0","id":"{{{id ?? $"e{sequence}"}}}","source":"/csplatform/health","type":"com.csplatform.churnrisk.{{{kind}}}.v1",
             "subject":"account/{{{Account}}}","time":"{{{Day1.AddDays(day):yyyy-MM-dd}}}T23:59:59Z","accountsequence":"{{{sequence:D19}}}",
             "severitytext":"HIGH","severitynumber":17,"somethingNew":true,
             "data":{"alertId":"00000000-0000-7000-8000-{{{alert:D12}}}","revision":1,"status":"{{{kind}}}","dedupKey":"{{{Account}}}|lowHealth",
              "account":{"id":"{{{Account}}}","name":"Alder Foods","externalIds":{}},
              "health":{"score":31.5,"coverage":0.9,"higherIsBetter":true,"modelId":"default","modelVersion":1,"modelChanged":false,"asOf":"2025-03-01T23:59:59Z"},
              "rule":{"id":"low-health","version":1,"kind":"threshold","threshold":40,"observed":31.5,"clearsAbove":48},
              "reasons":[],"lateData":false,"links":{"explain":"x","acknowledge":"y"} } }
            """));

    private static AlertLedger Ledger(params ReceivedAlert[] alerts)
    {
        var ledger = new AlertLedger();
        foreach (var alert in alerts)
            ledger.Record(alert);
        return ledger;
    }

    [Fact]
    public void Reads_the_public_event_and_ignores_what_it_does_not_know()
    {
        var alert = Alert(42, "raised", 0);
        Assert.Equal(("raised", "HIGH", 31.5m), (alert.Kind, alert.Severity, alert.Data.Health.Score));
    }

    [Fact]
    public void A_duplicate_counts_once()
    {
        var ledger = Ledger(Alert(1, "raised", 0), Alert(1, "raised", 0));
        Assert.Equal((1, 1, 0), (ledger.Count, ledger.Duplicates, ledger.OutOfOrder));
    }

    [Fact]
    public void A_lower_sequence_after_a_higher_is_out_of_order()
    {
        var ledger = Ledger(Alert(5, "raised", 0), Alert(4, "updated", 0), Alert(6, "cleared", 1));
        Assert.Equal((3, 0, 1), (ledger.Count, ledger.Duplicates, ledger.OutOfOrder));
    }

    [Fact]
    public void Episodes_run_from_raised_to_cleared_and_reopening_is_a_new_one()
    {
        var episodes = Ledger(
            Alert(1, "raised", 0), Alert(2, "updated", 3), Alert(3, "cleared", 5),
            Alert(4, "raised", 9), Alert(5, "raised", 10, alert: 2), Alert(6, "retracted", 12, alert: 2)).Episodes();
        Assert.Equal(3, episodes.Count);
        Assert.Equal(
            [(0, 5), (9, null), (10, 12)],
            episodes.Select(e => (e.RaisedOn.DayNumber - Day1.DayNumber,
                e.ClosedAt is { } c ? (int?)(
                    DateOnly.FromDateTime(c.UtcDateTime).DayNumber - Day1.DayNumber) : null)).Order());
        var first = episodes.Single(e => e.RaisedOn == Day1);
        Assert.True(first.IsOpenOn(Day1));
        Assert.True(first.IsOpenOn(Day1.AddDays(4)));
        Assert.False(first.IsOpenOn(Day1.AddDays(5)));
    }

    [Fact]
    public void Warned_since_the_earliest_alert_that_was_open_on_the_last_day()
    {
        var left = Truth.OfDepartures(
            new Dictionary<Guid, Leaving> { [Account] = new(Day1.AddDays(30), "slow decay") });
        var warned = Ledger(
            Alert(1, "raised", 0), Alert(2, "cleared", 5), Alert(3, "raised", 10),
            Alert(4, "raised", 20, alert: 2)).Episodes();
        Assert.Equal(20, Assert.Single(Warning.Of(warned, left, Day1.AddDays(60))).DaysAhead);

        var cleared = Ledger(Alert(1, "raised", 0), Alert(2, "cleared", 5)).Episodes();
        Assert.Null(Assert.Single(Warning.Of(cleared, left, Day1.AddDays(60))).DaysAhead);
        Assert.Empty(Warning.Of(warned, left, Day1.AddDays(29)));

        // An alert that is cleared because the account left was open to the end.
        var closedByLeaving = Ledger(Alert(1, "raised", 0), Alert(2, "cleared", 30)).Episodes();
        Assert.Equal(30, Assert.Single(Warning.Of(closedByLeaving, left, Day1.AddDays(60))).DaysAhead);
    }
}
