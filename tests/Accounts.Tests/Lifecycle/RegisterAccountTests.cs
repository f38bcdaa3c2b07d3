using CsPlatform.Accounts.Life;
using CsPlatform.Accounts.Lifecycle;
using CsPlatform.ServiceDefaults;
using static CsPlatform.Accounts.Tests.AccountSpec;

namespace CsPlatform.Accounts.Tests.Lifecycle;

public class RegisterAccountTests
{
    private static readonly RegisterAccount Command = new(Acme, Id, [new("crm", "0042"), new("billing", "B-7")]);

    [Fact]
    public void Unknown_account_is_registered_with_its_keys() => Assert.Equal(
        [
            new AccountRegistered(Id, Acme, Now),
            new ExternalKeyLinked("crm", "0042", Now),
            new ExternalKeyLinked("billing", "B-7", Now),
        ],
        Command.Decide(Given().MaybeState, Id, Now));

    [Fact]
    public void A_key_named_twice_is_linked_once() => Assert.Equal(2,
        new RegisterAccount(Acme, ExternalKeys: [new("crm", "1"), new("crm", "1")]).Decide(null, Id, Now).Count);

    [Fact]
    public void The_same_again_gives_no_event() => Assert.Empty(Command.Decide(
        GivenAcme(
            new ExternalKeyLinked("crm", "0042", Now), new ExternalKeyLinked("billing", "B-7", Now)).State, Id, Now));

    [Fact]
    public void The_same_again_gives_no_event_after_a_correction() =>
        Assert.Empty((Command with { ExternalKeys = null }).Decide(
        GivenAcme(new AccountDetailsCorrected(Acme with { Name = "Acme Inc" }, [], Now)).State, Id, Now));

    [Fact]
    public void Other_details_under_a_known_id_are_refused() =>
        Assert.Equal("account-exists", Assert.Throws<RefusedException>(
        () => (Command with { Details = Acme with { Plan = "basic" }, ExternalKeys = null }).Decide(GivenAcme().State, Id, Now)).Code);

    [Fact]
    public void Other_keys_under_a_known_id_are_refused() =>
        Assert.Equal("account-exists", Assert.Throws<RefusedException>(
        () => Command.Decide(GivenAcme(new ExternalKeyLinked("crm", "0042", Now)).State, Id, Now)).Code);

    [Fact]
    public void Text_is_trimmed_and_blank_is_unknown()
    {
        var command = FieldCheck.Of(
            new RegisterAccount(new(" Acme ", Industry: "  "), ExternalKeys: [new(" CRM ", " 0042 ")]).Checked);

        Assert.Equal(("Acme", null), (command.Details.Name, command.Details.Industry));
        Assert.Equal([new ExternalKey("crm", "0042")], command.ExternalKeys!);
    }

    [Fact]
    public void A_name_that_cannot_be_stored_or_shown_is_refused()
    {
        // In code, not in attributes: an attribute's string cannot hold half a surrogate pair.
        string[] names = [" ", "Ac\0me", "Ac\nme", "Ac\ud800me", "\udc00", "\udc00\ud800"];
        foreach (var name in names)
            Assert.Contains(
                "details.name",
                Assert.Throws<RefusedException>(
                    () => FieldCheck.Of(new RegisterAccount(new(name)).Checked)).Errors);
    }

    [Fact]
    public void Every_fault_is_named()
    {
        var errors = Assert.Throws<RefusedException>(() => FieldCheck.Of(new RegisterAccount(
            new(new string('x', 201), Employees: -1), Guid.Empty,
            [new("crm", "1"), new("no slash/please", ""), new("Account", "1")]).Checked)).Errors;

        Assert.Equal(
            [
                "accountId", "details.employees", "details.name", "externalKeys[1].key", "externalKeys[1].system",
                "externalKeys[2].system",
            ],
            errors.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Characters_of_any_language_are_kept() => Assert.Equal(
        "纷享 Æsir 🚀", FieldCheck.Of(new RegisterAccount(new("纷享 Æsir 🚀")).Checked).Details.Name);
}
