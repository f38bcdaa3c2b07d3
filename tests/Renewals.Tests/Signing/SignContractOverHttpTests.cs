using CsPlatform.Contracts.Renewals.V1;
using static CsPlatform.Renewals.Tests.RenewalsSystem;

namespace CsPlatform.Renewals.Tests.Signing;

[Collection(nameof(RunningRenewals))]
public sealed class SignContractOverHttpTests(RenewalsSystem system)
{
    [Fact]
    public async Task Signed_contract_is_answered_with_its_place_and_told_to_others()
    {
        await system.MoveClockTo("2026-01-10");
        var accountId = await system.RegisteredAccount();

        var answer = await system.Post(Body(accountId, "2026-12-31"));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("\"1\"", answer.Headers.ETag!.Tag);
        var contract = await system.Get(answer.Headers.Location!.ToString());
        Assert.Equal("active", contract.GetProperty("status").GetString());
        Assert.Equal("1200.00", contract.GetProperty("annualAmount").GetProperty("amount").GetString());
        var contractId = contract.GetProperty("contractId").GetGuid();
        await Eventually.HoldsAsync(() => Task.FromResult(Told(contractId).Count == 1));
        Assert.Equal(
            new ContractSigned(
                contractId, accountId, new DateOnly(2026, 1, 1), new DateOnly(2026, 12, 31), 25,
                new Money(1200.00m, "EUR"), At("2026-01-10")),
            Told(contractId)[0]);
    }

    [Fact]
    public async Task Contract_without_an_id_gets_one()
    {
        var body = Body(await system.RegisteredAccount(), "2026-12-31");
        body.Remove("contractId");
        Assert.Equal(7, (await Read(await system.Post(body))).GetProperty("contractId").GetGuid().Version);
    }

    [Fact]
    public async Task Same_contract_again_is_answered_with_200_and_told_once()
    {
        var accountId = await system.RegisteredAccount();
        var body = Body(accountId, "2026-12-31");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => system.Post(body)));

        Assert.Equal(
            [.. Enumerable.Repeat(HttpStatusCode.OK, 7), HttpStatusCode.Created],
            answers.Select(a => a.StatusCode).Order());
        await system.Idle();
        Assert.Single(Told((Guid)body["contractId"]!));
    }

    [Fact]
    public async Task Same_id_with_other_content_is_a_conflict()
    {
        var accountId = await system.RegisteredAccount();
        var contractId = await system.SignedContract(accountId, "2026-12-31");
        await Refused(Body(accountId, "2027-12-31", contractId), HttpStatusCode.Conflict, "id-reused");
    }

    [Fact]
    public Task Account_that_nobody_registered_is_unknown() =>
        Refused(Body(Guid.CreateVersion7(At("2026-01-01")), "2026-12-31"), HttpStatusCode.NotFound, "account-unknown");

    [Fact]
    public async Task Amount_may_come_as_a_number_and_leaves_as_a_string()
    {
        var body = Body(await system.RegisteredAccount(), "2026-12-31");
        body["recurringAmount"] = new { amount = 33.3m, currency = "EUR" };

        var answer = await Read(await system.Post(body));

        Assert.Equal("33.30", answer.GetProperty("recurringAmount").GetProperty("amount").GetString());
        Assert.Equal("399.60", answer.GetProperty("annualAmount").GetProperty("amount").GetString());
    }

    [Fact]
    public async Task Members_that_are_wrong_are_named()
    {
        var body = Body(await system.RegisteredAccount(), "2026-12-31");
        body["seats"] = 0;
        body["recurringAmount"] = new { amount = "1.5", currency = "JPY" };

        var problem = await Refused(body, HttpStatusCode.BadRequest, "invalid");

        Assert.Equal(["seats", "recurringAmount"], problem.GetProperty("errors").EnumerateObject().Select(e => e.Name));
    }

    [Fact]
    public async Task Contracts_of_an_account_come_in_pages_by_their_first_day()
    {
        var accountId = await system.RegisteredAccount();
        string[] ends = ["2024-12-31", "2025-12-31", "2026-12-31"];
        foreach (var endsOn in ends.Reverse())
            await system.SignedContract(accountId, endsOn);

        var first = await system.Get($"/v1/accounts/{accountId}/contracts?limit=2");
        var second = await system.Get(
            $"/v1/accounts/{accountId}/contracts?limit=2&after={first.GetProperty("next").GetString()}");

        Assert.Equal(ends, new[] { first, second }
            .SelectMany(page => page.GetProperty("items").EnumerateArray())
            .Select(contract => contract.GetProperty("endsOn").GetString()));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
    }

    private IReadOnlyList<ContractSigned> Told(Guid contractId) =>
        [.. system.Messages.Of<ContractSigned>().Where(m => m.ContractId == contractId)];

    private async Task<JsonElement> Refused(Dictionary<string, object?> body, HttpStatusCode status, string code)
    {
        var answer = await system.Post(body);
        Assert.Equal(status, answer.StatusCode);
        var problem = await Read(answer);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        return problem;
    }
}
