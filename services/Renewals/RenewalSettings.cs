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
        configuration.Number("Renewals:OpensDaysBefore", 60, min: 0, max: 730),
        configuration.Number("Renewals:ContinuesWithinDays", 30, min: 0, max: 365),
        TimeSpan.FromMinutes(configuration.Number("Renewals:SweepIntervalMinutes", 60, min: 1, max: 1_440)));
}
