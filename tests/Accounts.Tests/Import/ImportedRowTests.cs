using CsPlatform.Accounts.Import;
using CsPlatform.Accounts.Lifecycle;
using CsPlatform.ServiceDefaults;
using static CsPlatform.Accounts.Tests.AccountSpec;

namespace CsPlatform.Accounts.Tests.Import;

public class ImportedRowTests
{
    private static readonly ImportedRow Row = new(
        2, Id, "Acme", "retail", 120, "DE", "emea", "Berlin", "pro", Tier.Stable, "anna", [new("crm", "0042")]);

    private static readonly ImportedRow Silent = Row with
    {
        Name = null,
        Industry = null,
        Employees = null,
        Country = null,
        Region = null,
        City = null,
        Plan = null,
        Tier = null,
        CsmId = null,
    };

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
        var row = Silent with { City = "Bonn", CsmId = "bo", Keys = [new("crm", "0042"), new("billing", "B-7")] };

        Assert.Equal(
            [new DetailChange("city", "Berlin", "Bonn"), new DetailChange("csmId", "anna", "bo"), new DetailChange("key:billing", null, "B-7")],
            ImportedRow.Changes(row.Decide(Given(Imported).State, Now)));
    }

    [Fact]
    public void A_new_account_needs_a_name() =>
        Assert.Equal("name-required", Assert.Throws<RefusedException>(() => Silent.Decide(null, Now)).Code);
}
