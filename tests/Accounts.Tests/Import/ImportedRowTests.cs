using CsPlatform.Accounts.Import;
using CsPlatform.Accounts.Life;
using CsPlatform.ServiceDefaults;
using static CsPlatform.Accounts.Tests.AccountSpec;

namespace CsPlatform.Accounts.Tests.Import;

public class ImportedRowTests
{
    private static readonly ImportedRow Row = new(2, Id, Acme, "anna", [new("crm", "0042")]);
    private static readonly ImportedRow Silent = Row with { Details = new AccountDetails(""), CsmId = null };

    private static readonly IAccountEvent[] Imported =
        [Registered, new ExternalKeyLinked("crm", "0042", Now), new CsmAssigned("anna", null, Now)];

    [Fact]
    public void An_unknown_account_is_created() => Assert.Equal(
        [new AccountRegistered(Id, Acme, Now), new ExternalKeyLinked("crm", "0042", Now), new CsmAssigned("anna", null, Now)],
        Row.Decide(null, Now));

    [Fact]
    public void The_same_row_again_changes_nothing() => Assert.Empty(Row.Decide(Given(Imported).State, Now));

    [Fact]
    public void Empty_cells_erase_nothing() => Assert.Empty(Silent.Decide(Given(Imported).State, Now));

    [Fact]
    public void What_differs_is_listed_old_and_new()
    {
        var row = Silent with { Details = new("", City: "Bonn"), CsmId = "bo", Keys = [new("crm", "0042"), new("billing", "B-7")] };

        Assert.Equal(
            [new DetailChange("city", "Berlin", "Bonn"), new DetailChange("csmId", "anna", "bo"), new DetailChange("key:billing", null, "B-7")],
            ImportedRow.Changes(row.Decide(Given(Imported).State, Now)));
    }

    [Theory]
    [InlineData(99, 1, null)]
    [InlineData(99, 2, "too-many-keys")]
    [InlineData(0, 100, null)]
    [InlineData(0, 101, "too-many-keys")]
    public void A_known_account_has_a_hundred_keys_at_most(int before, int more, string? code)
    {
        var account = GivenAcme([.. Keys(before).Select(k => new ExternalKeyLinked("old", k.Key, Now))]).State;

        Assert.Equal(code, RefusalOf(Silent with { Keys = Keys(more) }, account));
    }

    [Theory]
    [InlineData(100, null)]
    [InlineData(101, "too-many-keys")]
    public void A_new_account_has_a_hundred_keys_at_most(int keys, string? code) =>
        Assert.Equal(code, RefusalOf(Row with { Keys = Keys(keys) }, null));

    private static ExternalKey[] Keys(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new ExternalKey($"s{i}", $"{i}"))];

    private static string? RefusalOf(ImportedRow row, Account? account)
    {
        try
        {
            Assert.Equal(
                row.Keys,
                row.Decide(account, Now).OfType<ExternalKeyLinked>().Select(k => new ExternalKey(k.System, k.Key)));
            return null;
        }
        catch (RefusedException e)
        {
            return e.Code;
        }
    }

    [Fact]
    public void A_new_account_needs_a_name() =>
        Assert.Equal("name-required", Assert.Throws<RefusedException>(() => Silent.Decide(null, Now)).Code);
}
