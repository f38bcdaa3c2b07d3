using System.Globalization;
using System.Text;

namespace CsPlatform.Engagement.UsageEvents;

/// <summary>
/// Numbers that every reader sees the same: integers to ±(2^53−1), decimals of as many digits as
/// <see cref="UsageLimits.NumberDigits"/> says, all by value.
/// </summary>
internal static class CanonicalNumber
{
    private const long IntegerMax = (1L << 53) - 1;

    /// <summary>What <see cref="decimal"/> holds of any number.</summary>
    public const int DigitsMax = 28;

    /// <param name="token">A number by JSON's grammar.</param>
    /// <param name="digitsMax">
    /// More digits than these, leading and trailing zeros aside, are refused; at most <see cref="DigitsMax"/>.
    /// </param>
    public static ReadOnlySpan<byte> Write(ReadOnlySpan<byte> token, int digitsMax)
    {
        // Up to 15 plain digits are in their only form already; JSON allows no leading zero.
        if (token.Length <= Math.Min(15, digitsMax) && !token.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return token;

        return Encoding.ASCII.GetBytes(Parse(token, digitsMax).ToString(CultureInfo.InvariantCulture));
    }

    private static decimal Parse(ReadOnlySpan<byte> token, int digitsMax)
    {
        var exponentAt = token.IndexOfAny((byte)'e', (byte)'E');
        var mantissa = exponentAt < 0 ? token : token[..exponentAt];
        var exponent = 0;
        if (exponentAt >= 0
            && !int.TryParse(
                token[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            throw OutOfRange(digitsMax);

        Span<byte> digits = stackalloc byte[DigitsMax];
        var (count, zeros, scale, seenPoint) = (0, 0, 0, false);
        foreach (var c in mantissa)
        {
            if (c == '.')
                seenPoint = true;
            if (c is < (byte)'0' or > (byte)'9')
                continue;
            if (seenPoint)
                scale++;
            // Zeros count once a digit follows them, so neither leading nor trailing ones use up the precision.
            if (c == '0')
            {
                zeros += count > 0 ? 1 : 0;
                continue;
            }

            if (count + zeros + 1 > digitsMax)
                throw OutOfRange(digitsMax);
            for (; zeros > 0; zeros--)
                digits[count++] = 0;
            digits[count++] = (byte)(c - '0');
        }

        if (count == 0)
            return 0m;

        // value = digits × 10^power
        var power = (long)zeros - scale + exponent;
        if (power < -DigitsMax || power + count > DigitsMax)
            throw OutOfRange(digitsMax);

        var value = 0m;
        foreach (var digit in digits[..count])
            value = value * 10 + digit;
        for (var i = 0; i < power; i++)
            value *= 10;
        if (power >= 0 && value > IntegerMax)
            throw OutOfRange(digitsMax);

        var bits = decimal.GetBits(value);
        return new decimal(bits[0], bits[1], bits[2], mantissa[0] == (byte)'-', (byte)Math.Max(0, -power));
    }

    private static UsageEventRefusedException OutOfRange(int digitsMax) => new(
        IntakeCodes.NumberOutOfRange, $"Integers lie within ±(2^53−1), decimals have at most {digitsMax} digits.");
}
