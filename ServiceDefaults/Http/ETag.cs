using System.Globalization;

namespace CsPlatform.ServiceDefaults;

/// <summary>A stream's version as an entity tag, e.g. <c>"7"</c>.</summary>
public static class ETag
{
    /// <summary>The tag of a version, for the ETag header.</summary>
    /// <param name="version">Stream version, from 1.</param>
    public static string Of(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>The version that a writer saw, or null where it sent no If-Match (or <c>*</c>).</summary>
    /// <param name="ifMatch">The If-Match header as received.</param>
    /// <exception cref="RefusedException">"if-match-invalid", 400: not one tag made by this API.</exception>
    public static long? Version(string? ifMatch)
    {
        if (string.IsNullOrWhiteSpace(ifMatch) || ifMatch.Trim() == "*")
            return null;

        var tag = ifMatch.Trim();
        if (tag is ['"', .. var digits, '"']
            && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            return version;

        throw new RefusedException(
            "if-match-invalid", "If-Match takes the ETag of an earlier answer, e.g. \"7\".", 400);
    }
}
