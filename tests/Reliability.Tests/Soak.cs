namespace CsPlatform.Reliability.Tests;

/// <summary>Whether the long set runs: <c>./cs test --soak</c> sets <c>CSP_SOAK=1</c>.</summary>
internal static class Soak
{
    public static bool Is { get; } = Environment.GetEnvironmentVariable("CSP_SOAK") == "1";
}
