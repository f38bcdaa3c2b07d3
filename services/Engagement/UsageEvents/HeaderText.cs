using System.Globalization;
using System.Text;

namespace CsPlatform.Engagement.UsageEvents;

/// <summary>
/// An attribute's value as it stands in a header, by the HTTP binding of CloudEvents: perhaps a quoted string, in it
/// percent-encoded UTF-8, decoded once. The framework's decoder lets bytes that are no UTF-8 stand as they came.
/// </summary>
internal static class HeaderText
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <returns>False where it can be read in two ways: what is encoded is no UTF-8, or a percent sign or a quote
    /// stands alone.</returns>
    public static bool TryDecode(string value, out string text)
    {
        text = value;
        if (!value.AsSpan().ContainsAny('%', '"'))
            return true;
        try
        {
            return TryUnquote(value, out var encoded) && TryUnescape(Strict.GetBytes(encoded), out text);
        }
        catch (ArgumentException)
        {
            return false; // not UTF-8, or not UTF-16
        }
    }

    private static bool TryUnquote(string value, out string unquoted)
    {
        unquoted = value;
        if (!value.Contains('"', StringComparison.Ordinal))
            return true;
        if (value.Length < 2 || value[0] != '"' || value[^1] != '"')
            return false;

        var inner = new StringBuilder(value.Length);
        for (var i = 1; i < value.Length - 1; i++)
        {
            if (value[i] == '"' || (value[i] == '\\' && ++i == value.Length - 1))
                return false;
            inner.Append(value[i]);
        }

        unquoted = inner.ToString();
        return true;
    }

    private static bool TryUnescape(byte[] encoded, out string text)
    {
        text = "";
        var length = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            var value = encoded[i];
            if (value == '%')
            {
                if (i + 2 >= encoded.Length
                    || !byte.TryParse(
                        encoded.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
                        out value))
                    return false;
                i += 2;
            }

            // What is decoded is never longer, so it may lie over what has been read.
            encoded[length++] = value;
        }

        text = Strict.GetString(encoded, 0, length);
        return true;
    }
}
