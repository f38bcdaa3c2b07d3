namespace CsPlatform.ServiceDefaults;

/// <summary>
/// How many items of a list a caller may ask for. Give it to the route as metadata too: then its bounds stand in the
/// OpenAPI document.
/// </summary>
/// <param name="UnlessAsked">Items of a page where the caller names no limit.</param>
/// <param name="Max">The most that a caller may ask for; the least is 1.</param>
public sealed record Limit(int UnlessAsked, int Max)
{
    /// <summary>Items of this caller's page.</summary>
    /// <param name="asked">The <c>limit</c> of the query.</param>
    /// <exception cref="RefusedException">"invalid", 400: out of bounds.</exception>
    public int Of(int? asked) => asked switch
    {
        null => UnlessAsked,
        { } number when number >= 1 && number <= Max => number,
        _ => throw RefusedException.Invalid("limit", $"is a number from 1 to {Max}"),
    };
}
