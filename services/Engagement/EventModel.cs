namespace CsPlatform.Engagement;

/// <summary>
/// The service's events, each named where it is declared. Usage events are not among them: they are many, and lie in a
/// table of their own, like all else that the service keeps.
/// </summary>
internal static class EventModel
{
    public static void Configure(StoreOptions options)
    {
    }
}
