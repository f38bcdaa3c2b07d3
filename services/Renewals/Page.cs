using System.Buffers.Text;
using System.Globalization;
using System.Text;
using CsPlatform.ServiceDefaults;

namespace CsPlatform.Renewals;

/// <summary>A part of a list.</summary>
/// <param name="Items">In the order of the list.</param>
/// <param name="Next">Give it as <c>after</c> to get the next part; null at the end.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next)
{
    /// <param name="items">One more than the limit where there is a next page.</param>
    /// <param name="limit">Items of a page.</param>
    /// <param name="cursorOf">The place of an item in the order of the list.</param>
    public static Page<T> Of(IReadOnlyList<T> items, int limit, Func<T, Cursor> cursorOf) => items.Count > limit
        ? new([.. items.Take(limit)], cursorOf(items[limit - 1]).ToString())
        : new(items, Next: null);
}

/// <summary>A place in a list that is ordered by a day, then by id. New items do not move it.</summary>
internal sealed record Cursor(DateOnly Day, Guid Id)
{
    public static readonly Cursor Start = new(DateOnly.FromDayNumber(0), Guid.Empty);

    public static Cursor Parse(string text)
    {
        var bytes = new byte[64];
        if (text.Length <= bytes.Length && Base64Url.IsValid(text)
            && Base64Url.TryDecodeFromChars(text, bytes, out var length)
            && Encoding.ASCII.GetString(bytes, 0, length).Split('|') is [var day, var id]
            && DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var on)
            && Guid.TryParseExact(id, "N", out var guid))
            return new Cursor(on, guid);

        throw RefusedException.Invalid(
            new Dictionary<string, string[]> { ["after"] = ["Must be the next of an earlier page."] });
    }

    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes($"{Day.ToString("O", CultureInfo.InvariantCulture)}|{Id:N}"));
}

internal static class Limit
{
    public const int Default = 50;
    public const int Max = 200;

    public static int Of(int? asked) => asked switch
    {
        null => Default,
        >= 1 and <= Max => asked.Value,
        _ => throw RefusedException.Invalid(
            new Dictionary<string, string[]> { ["limit"] = [$"Must be between 1 and {Max}."] }),
    };
}
