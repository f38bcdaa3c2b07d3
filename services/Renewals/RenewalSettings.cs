namespace CsPlatform.Renewals;

/// <summary>What a company may set otherwise.</summary>
/// <param name="OpensDaysBefore">
/// <c>Renewals__OpensDaysBefore</c>: so long before its end a contract's renewal opens; 60.
/// </param>
/// <param name="ContinuesWithinDays">
/// <c>Renewals__ContinuesWithinDays</c>: a contract that starts so near to the end of another carries it on; 30.
/// </param>
/// <param name="SweepInterval">
/// <c>Renewals__SweepIntervalMinutes</c>: how often due renewals are looked for; 60.
/// </param>
internal sealed record RenewalSettings(int OpensDaysBefore, int ContinuesWithinDays, TimeSpan SweepInterval)
{
    public static RenewalSettings From(IConfiguration configuration) => new(
        Days(configuration, "OpensDaysBefore", 60, max: 730),
        Days(configuration, "ContinuesWithinDays", 30, max: 365),
        TimeSpan.FromMinutes(Number(configuration, "SweepIntervalMinutes", 60, min: 1, max: 1_440)));

    private static int Days(IConfiguration configuration, string name, int unlessSet, int max) =>
        Number(configuration, name, unlessSet, min: 0, max);

    private static int Number(IConfiguration configuration, string name, int unlessSet, int min, int max) =>
        configuration.GetValue($"Renewals:{name}", unlessSet) is var value && value >= min && value <= max
            ? value
            : throw new InvalidOperationException($"Renewals__{name} must be between {min} and {max}.");
}
