using CsCheck;
using CsPlatform.Health.Alerts;

namespace CsPlatform.Health.Tests.Alerts;

/// <summary>Whatever customers do, an alert has one life at a time, and is not opened and shut day by day.</summary>
public sealed class FlappingTests
{
    [Fact]
    public void Whatever_happens_alerts_do_not_flap() =>
        Gen.Select(Gen.Bool, Gen.Int[1, 12]).Array[10, 40].Sample(spells =>
        {
            var spec = new HealthSpec().UseDaily(30);
            foreach (var (used, days) in spells)
                if (used)
                    spec.UseDaily(days);
                else
                    spec.AssessDaily(days);

            foreach (var category in Enum.GetValues<AlertCategory>())
            {
                var open = false;
                DateTimeOffset? openedAt = null;
                foreach (var e in spec.AlertEvents)
                    switch (e)
                    {
                        case AlertRaised x when x.Alert.Category == category:
                            Assert.False(open, "raised while one was open");
                            (open, openedAt) = (true, x.At);
                            break;
                        case AlertReopened x when x.Alert.Category == category:
                            Assert.False(open, "reopened while open");
                            (open, openedAt) = (true, x.At);
                            break;
                        case AlertCleared x when x.Alert.Category == category:
                            Assert.True(open, "cleared twice");
                            Assert.True(x.At - openedAt >= TimeSpan.FromHours(20), "cleared as soon as it was raised");
                            open = false;
                            break;
                    }
            }
            // Fifteen points must be lost and won back for each round: many days of silence, and of use.
            Assert.True(spec.AlertEvents.Count(e => e is AlertCleared) <= 1 + spells.Sum(s => s.Item2) / 8);
        }, iter: 60);

    [Fact]
    public void Facts_heard_twice_change_nothing() =>
        Gen.Select(Gen.Bool, Gen.Int[1, 12]).Array[5, 15].Sample(spells =>
        {
            var (once, twice) = (new HealthSpec(), new HealthSpec());
            foreach (var (used, days) in spells)
                for (var i = 0; i < days; i++)
                {
                    foreach (var spec in (HealthSpec[])[once, twice, twice])
                        (used ? spec.Use() : spec).Assess();
                    once.Pass(1);
                    twice.Pass(1);
                }
            return once.HealthEvents.Count == twice.HealthEvents.Count
                && once.AlertEvents.Select(e => e.GetType()).SequenceEqual(twice.AlertEvents.Select(e => e.GetType()));
        }, iter: 40);
}
