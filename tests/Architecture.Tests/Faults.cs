namespace CsPlatform.Architecture.Tests;

internal static class Faults
{
    /// <summary>Fails with every fault on a line of its own.</summary>
    public static void AreNone(IEnumerable<string> faults)
    {
        var all = faults.Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.True(all.Count == 0, $"{all.Count} faults:\n{string.Join('\n', all)}");
    }
}
