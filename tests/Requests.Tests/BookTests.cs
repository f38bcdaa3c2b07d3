using System.Text.Json.Nodes;

namespace CsPlatform.Requests.Tests;

/// <summary>
/// A CSM writes the accounts of the own book and those that have no CSM, and no others: every operation whose
/// permission reaches no further is tried on an account of somebody else's book.
/// </summary>
[Collection(nameof(RequestsSystem))]
public sealed class BookTests(RequestsSystem system)
{
    private const string Owner = "csm-owner", Stranger = "csm-stranger";

    public static TheoryData<string> Services => [.. PlatformOptions.AllServices];

    [Theory, MemberData(nameof(Services))]
    public async Task Every_command_refuses_a_csm_outside_the_book_and_takes_the_owner(string service)
    {
        var (account, alert, answer) = await AccountOfOwner();
        var examples = new Examples(account)
        {
            Model = system.Examples.Model,
            Ids = new Dictionary<string, string>
            {
                ["accounts"] = $"{account}",
                ["alerts"] = $"{alert}",
                ["answers"] = answer,
            },
        };
        using var nobody = system.Client(service);
        // The account is given away last: then it is another's.
        var commands = (await Api.OperationsOf(service, nobody)).Where(IsHeldToTheBook)
            .OrderBy(o => o.Id == "AssignCsm").ToList();

        Assert.Equal(service is "engagement", commands.Count == 0);
        foreach (var command in commands)
        {
            Assert.Equal((command.Id, 403, "outside-book"), await Ask(command, examples, Stranger));
            Assert.Equal(
                (command.Id, command.Id is "SignContract" or "TakeAnswer" ? 201 : 200, null),
                await Ask(command, examples, Owner));
        }
    }

    [Fact]
    public async Task A_row_of_a_file_about_another_book_is_refused_and_the_others_are_taken()
    {
        var (account, _, _) = await AccountOfOwner();
        using var stranger = system.Client("accounts", new TokenClaims(Roles.Csm) { Subject = Stranger });
        using var file = new StringContent($"name,key:crm\nTaken over,{account}\nNew here,{RequestsSystem.NewId()}\n");
        file.Headers.ContentType = new("text/csv");
        using var answer = await stranger.PostAsync(
            "/v1/accounts/imports", file, TestContext.Current.CancellationToken);
        var report = JsonElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal(["refused outside-book", "created "], report.GetProperty("rows").EnumerateArray()
            .Select(r => $"{r.GetProperty("outcome")} {r.GetProperty("code")}"));
    }

    /// <summary>One that makes an account has none yet; a file of accounts is tried row by row.</summary>
    private static bool IsHeldToTheBook(Operation operation) =>
        operation is { Permission: { } needed, Id: not ("RegisterAccount" or "ImportAccounts") }
        && Permissions.Of([Roles.Csm]).TryGetValue(needed, out var reach) && reach == Reach.Book;

    private async Task<(string Command, int Status, string? Code)> Ask(
        Operation command, Examples examples, string subject)
    {
        using var csm = system.Client(command.Service, new TokenClaims(Roles.Csm) { Subject = subject });
        using var request = GeneratedRequests.Valid(command, examples).Message(command.Method);
        using var answer = await csm.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (command.Id, (int)answer.StatusCode, answer.IsSuccessStatusCode ? null : (string?)JsonNode.Parse(text)!["code"]);
    }

    /// <summary>
    /// An account with an open alert and a survey answer, which every service knows to be in the owner's book.
    /// </summary>
    private async Task<(Guid Account, Guid Alert, string Answer)> AccountOfOwner()
    {
        var alert = Assert.Single(await system.RaiseAlertsAsync(1));
        using var lead = system.Client("health", Roles.Lead);
        var read = JsonNode.Parse(
            await lead.GetStringAsync($"/v1/alerts/{alert}", TestContext.Current.CancellationToken))!;
        var account = (Guid)read["accountId"]!;
        using var accounts = system.Client("accounts", Roles.Lead);
        using var body = new StringContent($$"""{"csmId":"{{Owner}}"}""", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        using var assigned = await accounts.PutAsync(
            $"/v1/accounts/{account}/csm", body, TestContext.Current.CancellationToken);
        Assert.True(assigned.IsSuccessStatusCode);
        var answer = await system.TakeAnswerAsync(new(account));
        await system.UntilIdleAsync();
        return (account, alert, answer);
    }
}
