namespace CsPlatform.Contracts;

/// <summary>An exact amount in one currency. Never added across currencies.</summary>
/// <param name="Amount">
/// Decimal amount in the currency's major unit; travels as a decimal string with its scale kept.
/// </param>
/// <param name="Currency">ISO 4217 code, three upper-case letters.</param>
public sealed record Money(decimal Amount, string Currency);
