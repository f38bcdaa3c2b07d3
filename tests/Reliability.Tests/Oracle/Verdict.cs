namespace CsPlatform.Reliability.Tests.Oracle;

/// <summary>What the platform promises.</summary>
public enum Promise
{
    /// <summary>What was acknowledged is stored, and nothing that nobody sent.</summary>
    Kept,

    /// <summary>One source and id counts once, over any transport, however often sent.</summary>
    Once,

    /// <summary>Every read model is a function of what is stored, in whatever order it came.</summary>
    Folded,

    /// <summary>Stored and parked are all that was received; what is parked says why and has its bytes.</summary>
    NothingDropped,

    /// <summary>Each alert reaches each subscriber, the same in every delivery, in order per account.</summary>
    AlertsArrive,

    /// <summary>After a fault work goes on by itself, to its end, and holds no more than before.</summary>
    Recovers,

    /// <summary>While the database is away nothing is acknowledged.</summary>
    PushesBack,
}

public sealed record Violation(Promise Promise, string What)
{
    private const int ShownMax = 500;

    public override string ToString() =>
        $"P{(int)Promise + 1} {Promise}: {(What.Length > ShownMax ? What[..ShownMax] + "…" : What)}";
}

/// <summary>What the oracle found wrong.</summary>
public sealed record Verdict(IReadOnlyList<Violation> Violations)
{
    public bool Breaks(Promise promise) => Violations.Any(v => v.Promise == promise);

    public void AssertHolds() => Assert.True(Violations.Count == 0, string.Join('\n', Violations.Take(40)));
}
