using CsPlatform.Accounts.Life;
using CsPlatform.Accounts.Lifecycle;
using static CsPlatform.Accounts.Tests.AccountSpec;

namespace CsPlatform.Accounts.Tests.Lifecycle;

public class AssignCsmTests
{
    [Fact]
    public void Another_csm_takes_over() => Assert.Equal(
        [new CsmAssigned("bo", "anna", Now)], new AssignCsm("bo").Decide(
            GivenAcme(new CsmAssigned("anna", null, Now)).State, Now));

    [Fact]
    public void The_same_csm_gives_no_event() =>
        Assert.Empty(new AssignCsm("anna").Decide(GivenAcme(new CsmAssigned("anna", null, Now)).State, Now));
}
