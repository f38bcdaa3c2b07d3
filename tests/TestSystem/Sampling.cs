namespace CsPlatform.TestSystem;

/// <summary>
/// What a plain <c>./cs test</c> leaves to chance, so that it takes as long however much there is: a sample by a seed,
/// which the run prints; <c>CSP_SEED=n</c> takes the same again. A run that names the project, or the long one, takes
/// all.
/// </summary>
public static class Sampling
{
    private static readonly bool IsPlain = Environment.GetEnvironmentVariable("CSP_TEST_PLAIN") == "1";

    public static int Seed { get; } = int.TryParse(Environment.GetEnvironmentVariable("CSP_SEED"), out var given)
        ? given
        : Random.Shared.Next(1_000_000);

    /// <summary>All, or so many by chance in a plain run.</summary>
    public static IReadOnlyList<T> Of<T>(IReadOnlyList<T> all, int count) => IsPlain ? Chosen(all, count, Seed) : all;

    public static IReadOnlyList<T> Chosen<T>(IReadOnlyList<T> all, int count, int seed)
    {
        T[] shuffled = [.. all];
        new Random(seed).Shuffle(shuffled);
        return shuffled[..Math.Min(count, shuffled.Length)];
    }
}
