using CsPlatform.Engagement.FirstUse;
using Marten;

namespace CsPlatform.Engagement;

/// <summary>
/// The service's events. Usage events are not among them: they are many, and lie in a table of their own.
/// </summary>
internal static class Store
{
    public static void Configure(StoreOptions options)
    {
        options.Events.MapEventType<FirstUseSeen>("first_use_seen.v1");
        options.Events.MapEventType<FirstUseCorrected>("first_use_corrected.v1");
    }
}
