namespace CsPlatform.Bench.Measuring;

/// <summary>Baseline and subject in turn, so that both see the same machine.</summary>
internal static class Alternation
{
    public const int Rounds = 5;

    /// <summary>Round 0 of both warms up and is not counted.</summary>
    public static async Task<Pair> RunAsync(Func<int, Task<Measured>> baseline, Func<int, Task<Measured>> subject)
    {
        var (before, after) = (new List<Measured>(), new List<Measured>());
        for (var round = 0; round <= Rounds; round++)
        {
            var (b, s) = (await baseline(round), await subject(round));
            if (round == 0)
                continue;
            before.Add(b);
            after.Add(s);
        }

        return new Pair(Samples.Of(before), Samples.Of(after));
    }
}
