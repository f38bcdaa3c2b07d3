using CsPlatform.Demo.Replaying;

namespace CsPlatform.Demo.OnlineRetail;

/// <summary>What the shop's customers did after the cut. To read it takes a replay that is over.</summary>
internal static class RetailTruth
{
    public const int HorizonDays = 91;

    /// <summary>
    /// The AUC of a logistic regression on recency and frequency, out of fold: the published baseline.
    /// </summary>
    public const double LogisticRegressionAuc = 0.7409;

    /// <summary>Customers with an order in the 91 days after the cut.</summary>
    /// <param name="_">Proof that the last day is closed.</param>
    public static IReadOnlySet<string> CustomersWhoCameBack(ClosedReplay _, Func<TextReader> open)
    {
        using var text = open();
        return OrderLog.Read(text, RetailFeed.Cut.AddDays(1), RetailFeed.Cut.AddDays(HorizonDays))
            .Select(o => o.Customer).ToHashSet();
    }
}
