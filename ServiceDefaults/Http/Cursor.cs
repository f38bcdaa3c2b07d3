using System.Buffers.Text;
using System.Text.Json;

namespace CsPlatform.ServiceDefaults;

/// <summary>A place in the order of a list, opaque to callers. New items do not move it.</summary>
public static class Cursor
{
    private static readonly JsonSerializerOptions Options = Json.Strict(new(JsonSerializerDefaults.Web));

    /// <summary>The place as a query can carry it.</summary>
    /// <typeparam name="T">A record of what the list is ordered by.</typeparam>
    /// <param name="place">That of the last item of a page.</param>
    public static string Of<T>(T place) where T : class =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(place, Options));

    /// <summary>The place behind which a page begins; null at the start of the list.</summary>
    /// <typeparam name="T">As it was written.</typeparam>
    /// <param name="after">The <c>after</c> of the query.</param>
    /// <exception cref="RefusedException">"invalid", 400: no page of this list gave it.</exception>
    public static T? Read<T>(string? after) where T : class
    {
        if (after is null)
            return null;

        try
        {
            var place = JsonSerializer.Deserialize<T>(Base64Url.DecodeFromChars(after), Options);
            if (place is not null && Of(place) == after)
                return place;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
        }

        throw RefusedException.Invalid("after", "is not the next of an earlier page");
    }
}
