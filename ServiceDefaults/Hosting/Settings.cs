using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace CsPlatform.ServiceDefaults;

/// <summary>Settings that are numbers, each with its bounds: a wrong one stops the start and is named.</summary>
public static class Settings
{
    /// <summary>A whole number.</summary>
    /// <param name="configuration">All settings.</param>
    /// <param name="key">
    /// With colons, e.g. <c>Limits:Depth</c>; the environment variable has <c>__</c> in their place.
    /// </param>
    /// <param name="unlessSet">The published default.</param>
    /// <param name="min">The least that works.</param>
    /// <param name="max">The most that works.</param>
    /// <exception cref="InvalidOperationException">No whole number, or out of bounds.</exception>
    public static int Number(this IConfiguration configuration, string key, int unlessSet, int min, int max)
    {
        if (configuration[key] is not { Length: > 0 } text)
            return unlessSet;

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max
            ? number
            : throw new InvalidOperationException(
                $"{key.Replace(":", "__", StringComparison.Ordinal)} must be a whole number between {min} and {max}.");
    }
}
