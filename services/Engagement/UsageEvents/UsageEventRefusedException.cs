namespace CsPlatform.Engagement.UsageEvents;

/// <summary>One event can't be taken as it is. Never harms its neighbours in a batch.</summary>
internal sealed class UsageEventRefusedException(string code, string detail) : Exception(detail)
{
    public string Code { get; } = code;
}
