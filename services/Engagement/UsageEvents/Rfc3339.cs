namespace CsPlatform.Engagement.UsageEvents;

/// <summary>
/// Timestamps as RFC 3339 writes them. The framework's parser reads a time without offset as local, refuses lower-case
/// letters and leap seconds, and keeps more digits than PostgreSQL can hold.
/// </summary>
internal static class Rfc3339
{
    /// <summary>UTC, cut to whole microseconds; a leap second becomes the last microsecond of its minute.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length < 20
            || !Number(text, 0, 4, out var year) || text[4] != '-'
            || !Number(text, 5, 2, out var month) || text[7] != '-'
            || !Number(text, 8, 2, out var day) || (text[10] | 0x20) != 't'
            || !Number(text, 11, 2, out var hour) || text[13] != ':'
            || !Number(text, 14, 2, out var minute) || text[16] != ':'
            || !Number(text, 17, 2, out var second))
            return false;

        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 60)
            return false;

        if (!Fraction(text[19..], out var microsecond, out var rest) || !Offset(rest, out var offsetMinutes))
            return false;

        if (second == 60)
            (second, microsecond) = (59, 999_999);

        var ticks = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks
            + microsecond * TimeSpan.TicksPerMicrosecond
            - offsetMinutes * TimeSpan.TicksPerMinute;
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
            return false;

        time = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    private static bool Fraction(ReadOnlySpan<char> text, out int microsecond, out ReadOnlySpan<char> rest)
    {
        microsecond = 0;
        rest = text;
        if (text[0] != '.')
            return true;

        var digits = 0;
        while (digits + 1 < text.Length && char.IsAsciiDigit(text[digits + 1]))
        {
            if (digits < 6)
                microsecond = microsecond * 10 + (text[digits + 1] - '0');
            digits++;
        }

        for (var i = digits; i < 6; i++)
            microsecond *= 10;
        rest = text[(digits + 1)..];
        return digits > 0;
    }

    private static bool Offset(ReadOnlySpan<char> text, out int minutes)
    {
        minutes = 0;
        if (text.Length == 1)
            return (text[0] | 0x20) == 'z';

        if (text.Length != 6 || text[0] is not ('+' or '-') || text[3] != ':'
            || !Number(text, 1, 2, out var hour) || !Number(text, 4, 2, out var minute) || hour > 23 || minute > 59)
            return false;

        minutes = (hour * 60 + minute) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool Number(ReadOnlySpan<char> text, int start, int length, out int value)
    {
        value = 0;
        foreach (var c in text.Slice(start, length))
        {
            if (!char.IsAsciiDigit(c))
                return false;
            value = value * 10 + (c - '0');
        }

        return true;
    }
}
