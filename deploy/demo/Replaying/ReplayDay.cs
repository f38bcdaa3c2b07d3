namespace CsPlatform.Demo.Replaying;

/// <summary>
/// What a company's systems send on one day, late and repeated events among it. Holds nothing of the future.
/// </summary>
internal sealed record ReplayDay(DateOnly Date)
{
    public List<NewAccount> Accounts { get; } = [];
    public List<NewContract> Contracts { get; } = [];
    public List<NewStage> Stages { get; } = [];
    public List<NewAnswer> Answers { get; } = [];
    public List<UsageEvent> Events { get; } = [];
}

/// <param name="Key">The account's key in <paramref name="System"/>: usage events name it as system/key.</param>
internal sealed record NewAccount(
    Guid AccountId, string Name, string System, string Key, string? Industry = null, int? Employees = null,
    string? Country = null, string? Plan = null, string? Tier = null);

internal sealed record NewContract(
    Guid ContractId, Guid AccountId, DateOnly StartsOn, DateOnly EndsOn, int Seats, IReadOnlyList<string> Products,
    decimal RecurringAmount, string BillingPeriod);

internal sealed record NewStage(Guid AccountId, string Stage, string? Reason);

/// <param name="Metric">nps, csat or ces.</param>
internal sealed record NewAnswer(
    Guid AnswerId, Guid AccountId, string ContactId, string Metric, int Score, DateTimeOffset AnsweredAt);

/// <summary>A CloudEvent to be. Automation is sent and must not count as use.</summary>
/// <param name="OverAmqp">Sent to the exchange rather than over HTTP.</param>
internal sealed record UsageEvent(
    string Id, string Source, string Type, string Subject, DateTimeOffset Time, string User, bool Automation,
    IReadOnlyList<string> Features, int Minutes, bool OverAmqp = false);
