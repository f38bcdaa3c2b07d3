namespace CsPlatform.ServiceDefaults;

/// <summary>One page of a list.</summary>
/// <typeparam name="T">Of an item.</typeparam>
/// <param name="Items">In the order of the list.</param>
/// <param name="Next">Pass it as <c>after</c> for the next page; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next)
{
    /// <summary>The same page, each item as it is shown.</summary>
    /// <typeparam name="TShown">Of an item as shown.</typeparam>
    /// <param name="show">What an item looks like.</param>
    public Page<TShown> Select<TShown>(Func<T, TShown> show) => new([.. Items.Select(show)], Next);
}

/// <summary>Cuts what was found into a page.</summary>
public static class Page
{
    /// <summary>The page that begins with what was found.</summary>
    /// <typeparam name="T">Of an item.</typeparam>
    /// <param name="found">In the order of the list, one more than the limit where there is a next page.</param>
    /// <param name="limit">Items of the page.</param>
    /// <param name="cursorOf">Where the list goes on after an item.</param>
    public static Page<T> Of<T>(IReadOnlyList<T> found, int limit, Func<T, string> cursorOf) => found.Count > limit
        ? new([.. found.Take(limit)], cursorOf(found[limit - 1]))
        : new(found, Next: null);
}
