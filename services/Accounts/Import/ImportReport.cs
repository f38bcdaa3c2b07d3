using CsPlatform.Accounts.Life;

namespace CsPlatform.Accounts.Import;

/// <summary>What an import did, or would do: a dry run gives the same report.</summary>
/// <param name="Rows">One for each row of the file, in its order.</param>
internal sealed record ImportReport(
    bool DryRun, int Created, int Updated, int Unchanged, int Refused, IReadOnlyList<RowReport> Rows)
{
    public static ImportReport Of(bool dryRun, IReadOnlyList<RowReport> rows)
    {
        return new ImportReport(dryRun, Count(RowOutcome.Created), Count(RowOutcome.Updated),
            Count(RowOutcome.Unchanged), Count(RowOutcome.Refused), rows);

        int Count(RowOutcome outcome) => rows.Count(r => r.Outcome == outcome);
    }
}

internal enum RowOutcome
{
    Created,
    Updated,
    Unchanged,
    Refused,
}

/// <summary>What became of one row.</summary>
/// <param name="Line">Line of the file on which the row starts; the header is on line 1.</param>
/// <param name="AccountId">The account created or matched; null where refused.</param>
/// <param name="Code">Why it was refused, one of <see cref="RowCodes"/> or of a command; stable.</param>
/// <param name="Detail">Why, for a person.</param>
/// <param name="Changes">What becomes different, old and new; an empty cell changes nothing.</param>
internal sealed record RowReport(
    int Line, RowOutcome Outcome, Guid? AccountId, string? Code, string? Detail, IReadOnlyList<DetailChange> Changes)
{
    public static RowReport Refused(int line, string code, string detail) =>
        new(line, RowOutcome.Refused, null, code, detail, []);
}
