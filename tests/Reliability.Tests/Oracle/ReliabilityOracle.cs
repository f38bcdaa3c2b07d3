namespace CsPlatform.Reliability.Tests.Oracle;

/// <summary>
/// Judges a system after whatever was done to it. Independent of the services: the clients' ledger, SQL over what is
/// stored, and what a subscriber received.
/// </summary>
internal sealed class ReliabilityOracle(ReliabilitySystem system)
{
    /// <summary>Read models that a rebuild makes anew, by service.</summary>
    private static readonly (string Service, string Table)[] Models =
    [
        ("accounts", "account"), ("accounts", "account_row"), ("accounts", "timeline_entry"),
        ("feedback", "accountanswer"), ("renewals", "contract"), ("renewals", "renewal"),
        ("health", "account_health"), ("health", "alert"), ("health", "model_history"),
    ];

    /// <summary>Waits until all is at rest, then compares everything.</summary>
    /// <param name="limit">How long it may take to come to rest.</param>
    public async Task<Verdict> JudgeAsync(TimeSpan? limit = null)
    {
        var findings = new Findings(system);
        try
        {
            await system.UntilAtRestAsync(limit);
        }
        catch (TimeoutException e)
        {
            findings.Add(Promise.Recovers, e.Message);
        }
        await UsageCheck.RunAsync(system, findings);
        await ModelsCheck.RunAsync(system, findings);
        await AlertCheck.RunAsync(system, findings);
        await RestCheck.RunAsync(system, findings);
        await system.Holdings.RunAsync(findings);
        return findings.Verdict;
    }

    /// <summary>
    /// The same, and then: all services stop, every read model is made anew from the events, and must be what it was;
    /// and nothing is published by it.
    /// </summary>
    public async Task<Verdict> JudgeWithRebuildAsync()
    {
        var verdict = await JudgeAsync();
        var findings = new Findings(system);
        var received = system.Alerts.Received.Count;
        var live = await ModelsAsync(findings);
        await system.RebuildAsync();
        foreach (var (model, rows) in await ModelsAsync(findings))
            findings.Equal(Promise.Folded, $"{model} rebuilt", live[model], rows);
        await system.UntilAtRestAsync();
        if (system.Alerts.Received.Count != received)
            findings.Add(Promise.AlertsArrive, "a rebuild told subscribers something");
        return new([.. verdict.Violations, .. findings.Verdict.Violations]);
    }

    private static async Task<Dictionary<string, List<string>>> ModelsAsync(Findings findings)
    {
        var models = new Dictionary<string, List<string>>();
        foreach (var (service, table) in Models)
            models[$"{service}.{table}"] = await findings.RowsAsync(
                service, $"select id || ' ' || data from {service}.mt_doc_{table}");
        return models;
    }
}
