using System.Net.Http.Json;
using CsPlatform.Demo.Replaying;

namespace CsPlatform.Demo.Running;

internal sealed record ScoredAccount(Guid AccountId, string Name, decimal Score, string? Band, decimal Coverage);

internal sealed record AccountHealth(
    Guid AccountId, string? Name, decimal? Score, string? Band, decimal Coverage, decimal? Change28Days,
    IReadOnlyList<HealthReason> Reasons);

internal sealed record HealthReason(string Measure, decimal Points, string Text);

internal sealed record HealthEvidence(DateOnly From, DateOnly To, decimal? Value, IReadOnlyList<EvidenceDay> Days);

internal sealed record EvidenceDay(
    DateOnly Day, int Events, int ActiveUsers, decimal Minutes, IReadOnlyList<string> Features);

/// <summary>What anyone with a token can read from the Health API.</summary>
internal sealed class HealthReader(Endpoints endpoints)
{
    private HttpClient Health => endpoints.Of("health", Part.Admin);

    /// <summary>All accounts with a score, worst first.</summary>
    public async Task<IReadOnlyList<ScoredAccount>> AllAsync(CancellationToken cancellationToken)
    {
        var all = new List<ScoredAccount>();
        for (string? after = null; ;)
        {
            var cursor = after is null ? "" : $"&after={Uri.EscapeDataString(after)}";
            var page = await GetAsync<Page>($"/v1/health?limit=1000{cursor}", cancellationToken);
            all.AddRange(page.Items);
            if (page.Next is null)
                return all;
            after = page.Next;
        }
    }

    public Task<AccountHealth> OneAsync(Guid account, CancellationToken cancellationToken) =>
        GetAsync<AccountHealth>($"/v1/accounts/{account}/health", cancellationToken);

    public Task<HealthEvidence> EvidenceAsync(Guid account, string measure, CancellationToken cancellationToken) =>
        GetAsync<HealthEvidence>($"/v1/accounts/{account}/health/evidence?measure={measure}", cancellationToken);

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) =>
        await Health.GetFromJsonAsync<T>(path, Json.Options, cancellationToken)
        ?? throw new HttpRequestException($"Health gave no answer at {path}.");

    private sealed record Page(IReadOnlyList<ScoredAccount> Items, string? Next);
}
