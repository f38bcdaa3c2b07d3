namespace CsPlatform.Accounts.Import;

/// <summary>
/// Why a row of an import was refused; the codes are part of the public contract. A row that can be read may also be
/// refused with the code of a command.
/// </summary>
internal static class RowCodes
{
    public const string EncodingInvalid = "encoding-invalid";
    public const string QuotesInvalid = "quotes-invalid";
    public const string CellCount = "cell-count";
    public const string CellInvalid = "cell-invalid";
    public const string FormulaLike = "formula-like";
    public const string KeysOfTwoAccounts = "keys-of-two-accounts";
    public const string DuplicateInFile = "duplicate-in-file";
    public const string OutsideBook = "outside-book";
    public const string ChangedMeanwhile = "changed-meanwhile";
}
