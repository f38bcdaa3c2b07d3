using System.Text;

namespace CsPlatform.Engagement.Intake;

/// <summary>
/// Why the broker set a message aside, as it says itself in the header <c>x-death</c>, the latest first.
/// </summary>
internal static class DeadLetters
{
    /// <summary>
    /// True where its publisher let it expire before it was delivered. It says what happened all the same, so it is
    /// read like any other.
    /// </summary>
    public static bool IsExpired(IDictionary<string, object?> headers) =>
        headers.TryGetValue("x-death", out var deaths)
        && deaths is IList<object?> { Count: > 0 } list
        && list[0] is IDictionary<string, object?> latest
        && latest.TryGetValue("reason", out var reason)
        && reason is byte[] text
        && Encoding.ASCII.GetString(text) == "expired";
}
