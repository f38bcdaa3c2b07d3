using CsPlatform.Demo.Measuring;
using CsPlatform.Demo.OnlineRetail;
using CsPlatform.Demo.Replaying;
using CsPlatform.Demo.Simulator;
using CsPlatform.Local;

namespace CsPlatform.Demo.Running;

/// <summary>A life to play, and the way to the truth about it, which stays shut until the replay is over.</summary>
/// <param name="LooksOn">Days at whose end the scores are looked at, the last one among them.</param>
/// <param name="Leaving">What leaving means here, in words.</param>
/// <param name="KnownAuc">A published figure to stand beside.</param>
/// <param name="Preparation">What an administrator sets before the first day.</param>
internal sealed record Scenario(
    string Title, IReadOnlyList<ReplayDay> Days, IReadOnlyList<string> Sources, IReadOnlySet<DateOnly> LooksOn,
    string Leaving,
    Func<ClosedReplay, Truth> OpenTruth, (string Name, double Auc)? KnownAuc = null, Preparation? Preparation = null)
{
    private const int LookEveryDays = 91;

    public static Scenario SampleCompany(int? days)
    {
        var last = days is { } n ? Simulator.SampleCompany.FirstDay.AddDays(n - 1) : (DateOnly?)null;
        var company = Simulator.SampleCompany.Simulate(lastDay: last);
        return new(
            "A sample company: 220 customers over eighteen months, simulated (how: deploy/demo/Simulator/README.md)",
            company.Days,
            [UseSimulator.WebSource, UseSimulator.MobileSource, UseSimulator.DeskSource],
            company.Days.Select(d => d.Date)
                .Where(d => (company.Days[^1].Date.DayNumber - d.DayNumber) % LookEveryDays == 0).ToHashSet(),
            $"left within the next {Truth.HorizonDays} days",
            _ => Truth.OfDepartures(company.Truth.Departures(Truth.HorizonDays)
                .ToDictionary(d => d.Key, d => new Leaving(d.Value.On, Words(d.Value.Cause)))));
    }

    /// <exception cref="LocalException">The data is not there.</exception>
    public static Scenario OnlineRetail(int? days)
    {
        var file = OrderLog.Find(Clone.Root) ?? throw new LocalException(
            "The Online Retail orders are not here. They are looked for in the folder that CSP_DATA names, "
            + "and in ../shared/data beside the clone.");
        using var text = OrderLog.Open(file);
        var played = RetailFeed.Days(
            OrderLog.Read(text, RetailFeed.FirstDay, RetailFeed.Cut)).Take(days ?? int.MaxValue).ToList();
        var accounts = played.SelectMany(d => d.Accounts).ToDictionary(a => a.AccountId, a => a.Key);
        return new(
            "Online Retail: the customers of a British wholesaler, 2010-12-01 to 2011-06-10 (Chen, Sain & Guo 2012, CC BY 4.0)",
            played, [RetailFeed.Source], new HashSet<DateOnly> { played[^1].Date },
            $"placed no order in the next {RetailTruth.HorizonDays} days",
            closed =>
            {
                var back = RetailTruth.CustomersWhoCameBack(closed, () => OrderLog.Open(file));
                return Truth.OfSilence(accounts.Where(a => !back.Contains(a.Value)).Select(a => a.Key).ToHashSet());
            },
            ("logistic regression on recency and frequency, out of fold", RetailTruth.LogisticRegressionAuc),
            new($"Score model: the default without alerts on drops. {RetailModel.Reason}", RetailModel.PublishAsync));
    }

    private static string Words(LeavingCause cause) => cause switch
    {
        LeavingCause.OnboardingFailed => "onboarding failed",
        LeavingCause.ChampionLost => "the champion left",
        LeavingCause.SlowDecay => "slow decay",
        LeavingCause.QuietlyNotRenewed => "quietly not renewed (no sign)",
        LeavingCause.BudgetShock => "budget shock (no sign)",
    };
}

/// <param name="Words">What is set, and why.</param>
internal sealed record Preparation(string Words, Func<Endpoints, CancellationToken, Task> RunAsync);
