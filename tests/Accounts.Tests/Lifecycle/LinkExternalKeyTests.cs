using CsPlatform.Accounts.Life;
using CsPlatform.Accounts.Lifecycle;
using CsPlatform.ServiceDefaults;
using static CsPlatform.Accounts.Tests.AccountSpec;

namespace CsPlatform.Accounts.Tests.Lifecycle;

public class LinkExternalKeyTests
{
    [Fact]
    public void A_new_key_is_linked() => Assert.Equal(
        [new ExternalKeyLinked("crm", "0042", Now)], new LinkExternalKey("crm", "0042").Decide(GivenAcme().State, Now));

    [Fact]
    public void A_linked_key_gives_no_event() => Assert.Empty(
        new LinkExternalKey("crm", "0042").Decide(GivenAcme(new ExternalKeyLinked("crm", "0042", Now)).State, Now));

    [Fact]
    public void Keys_differ_in_case_and_systems_do_not() =>
        Assert.Equal(new LinkExternalKey("crm", "aB"), FieldCheck.Of(new LinkExternalKey(" CRM", "aB ").Checked));

    [Fact]
    public void A_hundred_keys_are_enough() => Assert.Equal("too-many-keys", Assert.Throws<RefusedException>(() =>
        new LinkExternalKey("crm", "one more").Decide(GivenAcme(
            [.. Enumerable.Range(0, 100).Select(i => new ExternalKeyLinked("crm", $"{i}", Now))]).State, Now)).Code);
}
