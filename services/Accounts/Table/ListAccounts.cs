using CsPlatform.Accounts.Life;
using Marten.Linq.MatchesSql;

namespace CsPlatform.Accounts.Table;

/// <summary>The customer table, by name then id. A little behind the writers: it is kept by the daemon.</summary>
/// <param name="Stage">A journey stage (churned accounts left out), escalation or churned.</param>
/// <param name="Band">green, yellow or red.</param>
/// <param name="CsmId">The responsible CSM's user id.</param>
/// <param name="Tier">vip, potential, stable or atRisk.</param>
/// <param name="Country">Exactly as recorded.</param>
/// <param name="Search">Part of the name or of an external key, in any case.</param>
/// <param name="After">The cursor of the page before.</param>
/// <param name="Limit">Accounts of the page.</param>
internal sealed record ListAccounts(
    string? Stage, string? Band, string? CsmId, string? Tier, string? Country, string? Search, string? After,
    int? Limit);

internal static class ListAccountsEndpoint
{
    private static readonly Limit Limit = new(UnlessAsked: 50, Max: 500);
    private static readonly string[] Bands = ["green", "yellow", "red"];

    private sealed record Place(string Name, Guid Id);

    public static void MapListAccounts(this IEndpointRouteBuilder routes) => routes
        .MapGet("/v1/accounts", Handle)
        .WithName(nameof(ListAccounts)).WithSummary("The customer table: filters, search, pages").WithTags("Accounts")
        .WithMetadata(Limit)
        .Require(Permissions.ReadAccounts);

    private static async Task<Ok<Page<AccountView>>> Handle(
        [AsParameters] ListAccounts query, IQuerySession session, CancellationToken ct)
    {
        var limit = Limit.Of(query.Limit);
        var after = Cursor.Read<Place>(query.After);
        var check = new FieldCheck();
        var stage = check.Choice<Stage>(query.Stage, "stage");
        var tier = check.Choice<Tier>(query.Tier, "tier");
        check.Must(query.Band is null || Bands.Contains(query.Band), "band", $"is one of {string.Join(", ", Bands)}");
        var csmId = check.Optional(query.CsmId, "csmId", Account.CsmIdMaxLength);
        var country = check.Optional(query.Country, "country", AccountDetails.MaxLength);
        var search = check.Optional(query.Search, "search", AccountDetails.MaxLength)?.ToLowerInvariant();
        check.ThrowIfAny();

        IQueryable<AccountRow> rows = session.Query<AccountRow>();
        rows = stage switch
        {
            null => rows,
            Stage.Escalation or Stage.Churned => rows.Where(r => r.SideState == stage),
            _ => rows.Where(r => r.Stage == stage && (r.SideState == null || r.SideState == Stage.Escalation)),
        };
        if (query.Band is { } band)
            rows = rows.Where(r => r.Health!.Band == band);
        if (csmId is not null)
            rows = rows.Where(r => r.CsmId == csmId);
        if (tier is not null)
            rows = rows.Where(r => r.Details.Tier == tier);
        if (country is not null)
            rows = rows.Where(r => r.Details.Country == country);
        if (search is not null)
            rows = rows.Where(r => r.MatchesSql("strpos(d.data ->> 'searchText', ?) > 0", search));
        if (after is not null)
            rows = rows.Where(r => r.MatchesSql("(d.sort_name, d.id) > (?, ?)", after.Name, after.Id));

        var found = await rows.OrderBySql("d.sort_name, d.id").Take(limit + 1).ToListAsync(ct);
        return TypedResults.Ok(
            Page.Of(found, limit, r => Cursor.Of(new Place(r.SortName, r.Id))).Select(AccountView.Of));
    }
}
