using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace CsPlatform.Accounts.Import;

/// <summary>
/// Takes a CSV file of accounts. A row is matched by any of its external keys; without a match it creates an account.
/// Importing the same file again changes nothing.
/// </summary>
internal static class ImportAccountsEndpoint
{
    public static void MapImport(this WebApplication app)
    {
        var limits = ImportLimits.From(app.Configuration);
        app.MapPost("/v1/accounts/imports",
                (HttpRequest request, ISessionFactory sessions, TimeProvider clock, CancellationToken ct,
                    bool dryRun = false) => Handle(request, limits, sessions, dryRun, clock, ct))
            .WithName("ImportAccounts").WithTags("Accounts")
            .WithSummary("Import accounts from CSV, with a report per row")
            .WithDescription(
                "UTF-8, commas, a header row: name, industry, employees, country, region, city, plan, tier, csmId, "
                + "and key:<system> columns. A row is matched by any of its keys, else it creates an account. An empty "
                + "cell changes nothing. dryRun=true gives the same report and saves nothing.")
            .Accepts<string>(MediaTypeNames.Text.Csv)
            .WithMetadata(new RequestSizeLimitAttribute(limits.MaxBytes))
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .Require(Permissions.WriteAccounts);
    }

    private static async Task<Ok<ImportReport>> Handle(
        HttpRequest request, ImportLimits limits, ISessionFactory sessions, bool dryRun, TimeProvider clock,
        CancellationToken ct)
    {
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.Encoding is { CodePage: not 65001 }
            || type?.Charset is { HasValue: true } && type.Encoding is null)
            throw new RefusedException("csv-encoding", "Send the file as UTF-8.", 415);

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, ct);
        var rows = ImportFile.Read(body.ToArray(), limits);
        return TypedResults.Ok(await new ImportRows(
            sessions, csmId => Books.IsWithin(request.HttpContext, csmId), dryRun, clock.GetUtcNow()).Report(rows, ct));
    }
}
