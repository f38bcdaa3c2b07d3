using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using CsPlatform.Accounts.Input;

namespace CsPlatform.Accounts.Table;

/// <summary>One page of a list.</summary>
/// <param name="Items">In a stable order.</param>
/// <param name="Next">Pass it as <c>after</c> for the next page; null at the end.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

internal static class Paging
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 500;

    public static int Limit(string? limit, FieldCheck check)
    {
        if (limit is null)
            return DefaultLimit;
        if (int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is > 0 and <= MaxLimit)
            return number;

        check.Refuse("limit", $"is a whole number from 1 to {MaxLimit}");
        return DefaultLimit;
    }

    /// <summary>A place in an order, opaque to the caller.</summary>
    public static string Cursor<T>(T place) where T : class =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(place, Strict));

    public static T? Place<T>(string? cursor, FieldCheck check) where T : class
    {
        if (cursor is null)
            return null;

        try
        {
            var place = JsonSerializer.Deserialize<T>(Base64Url.DecodeFromChars(cursor), Strict);
            if (place is not null && Cursor(place) == cursor)
                return place;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
        }

        check.Refuse("after", "is not a cursor of this list");
        return null;
    }

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerOptions.Strict);
}
