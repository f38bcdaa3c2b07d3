namespace CsPlatform.Renewals;

/// <summary>A place in a list that is ordered by a day, then by id.</summary>
internal sealed record Place(DateOnly Day, Guid Id)
{
    public static readonly Place Start = new(DateOnly.FromDayNumber(0), Guid.Empty);
}
