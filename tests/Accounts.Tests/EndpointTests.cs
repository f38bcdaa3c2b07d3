using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using static CsPlatform.Accounts.Tests.AccountsSystem;

namespace CsPlatform.Accounts.Tests;

[Collection("One service, one test at a time")]
public class EndpointTests(AccountsSystem system)
{
    [Fact]
    public async Task Registered_account_is_shown_listed_and_dated()
    {
        var name = Unique("Möwe 纷享");
        using var response = await system.PostAsync("/v1/accounts", new
        {
            details = new { name, industry = "retail", employees = 12, country = "DE", tier = "atRisk" },
            externalKeys = new[] { new { system = "CRM", key = name } },
        });
        var created = (await response.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!;
        var id = created["accountId"]!.GetValue<Guid>();

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal($"/v1/accounts/{id}", response.Headers.Location!.ToString());
        Assert.Equal("\"2\"", response.Headers.ETag!.Tag);
        Assert.Equal("atRisk", created["details"]!["tier"]!.GetValue<string>());

        var registeredAt = created["recordedAt"]!.GetValue<string>();
        await DoneAsync(system.PutAsync($"/v1/accounts/{id}/csm", new { csmId = "bo" }));
        await DoneAsync(
            system.PostAsync($"/v1/accounts/{id}/stages", new { stage = "firstContact", reason = "met at a fair" }));

        var now = await system.GetAsync($"/v1/accounts/{id}");
        Assert.Equal(
            ("bo", "firstContact", 4), (Text(now, "csmId"), Text(now, "stage"), now["version"]!.GetValue<int>()));

        var then = await system.GetAsync($"/v1/accounts/{id}?asOf={Uri.EscapeDataString(registeredAt)}");
        Assert.Equal((null, null, 2), (Text(then, "csmId"), Text(then, "stage"), then["version"]!.GetValue<int>()));
        Assert.Equal("bo", Text(await system.GetAsync($"/v1/accounts/{id}?version=3"), "csmId"));

        await Eventually.PassesAsync(async () =>
        {
            var listed = Assert.Single(await ListAsync($"?search={Uri.EscapeDataString(name.ToUpperInvariant())}&csmId=bo&tier=atRisk&country=DE&stage=firstContact"));
            Assert.Equal(now.ToJsonString(), listed.ToJsonString());
        });
        await Eventually.PassesAsync(async () =>
        {
            var entries = await system.ItemsAsync($"/v1/accounts/{id}/timeline");
            Assert.Equal(
                ["stageEntered", "csmAssigned", "externalKeyLinked", "registered"],
                entries.Select(e => Text(e, "kind")));
            Assert.All(entries, e => Assert.Equal("anna", Text(e, "author")));
            Assert.Equal("met at a fair", entries[0]["text"]!["reason"]!.GetValue<string>());
        });
    }

    [Fact]
    public async Task A_named_registration_may_be_repeated_and_not_changed()
    {
        var body = new
        {
            accountId = NewId(),
            details = new { name = Unique("Again") },
            externalKeys = new[] { new { system = "crm", key = Unique("k") } },
        };

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => StatusAsync(system.PostAsync("/v1/accounts", body))));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Created], answers.Distinct().Order());
        Assert.Single(answers, HttpStatusCode.Created);
        await RefusedAsync(
            system.PostAsync("/v1/accounts", new { body.accountId, details = new { name = "Other" } }), 409, "account-exists");
    }

    [Fact]
    public async Task A_registration_with_an_idempotency_key_takes_effect_once_however_often_it_comes()
    {
        var key = $"{NewId()}";
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RegisterAsync(key, "Acme")));

        Assert.All(answers, a => Assert.Equal(201, a.Status));
        var id = Assert.Single(answers.Select(a => a.AccountId).Distinct());
        Assert.Equal((201, id), await RegisterAsync($"\"{key}\"", "Acme"));
        Assert.Equal((422, null), await RegisterAsync(key, "Acme Ltd"));
        Assert.Equal(400, (await RegisterAsync(new string('x', 256), "Acme")).Status);
        Assert.NotEqual(id, (await RegisterAsync($"{NewId()}", "Acme")).AccountId);
    }

    private async Task<(int Status, string? AccountId)> RegisterAsync(string key, string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/accounts");
        request.Content = JsonContent.Create(new { details = new { name } });
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await system.Editor.SendAsync(request, TestContext.Current.CancellationToken);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        return ((int)response.StatusCode, (string?)body["accountId"]);
    }

    [Fact]
    public async Task An_external_key_belongs_to_one_account()
    {
        var key = Unique("key");
        var first = await system.RegisterAsync(
            new { details = new { name = "First" }, externalKeys = new[] { new { system = "billing", key } } });
        var second = await system.RegisterAsync();

        await RefusedAsync(
            system.PostAsync($"/v1/accounts/{second}/external-keys", new { system = " BILLING ", key }), 409,
            "external-key-taken");
        var third = new { details = new { name = "Third" }, externalKeys = new[] { new { system = "billing", key } } };
        await RefusedAsync(system.PostAsync("/v1/accounts", third), 409, "external-key-taken");
        await DoneAsync(system.PostAsync($"/v1/accounts/{first}/external-keys", new { system = "billing", key }));
        Assert.Equal(2, (await system.GetAsync($"/v1/accounts/{first}"))["version"]!.GetValue<int>());
        Assert.Equal(1, (await system.GetAsync($"/v1/accounts/{second}"))["version"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_writer_that_saw_another_version_is_refused()
    {
        var id = await system.RegisterAsync();

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(WriteAsync("\"1\"", "anna")));
        await RefusedAsync(WriteAsync("\"1\"", "bo"), 412, "version-changed");
        await RefusedAsync(WriteAsync("\"7\"", "bo"), 412, "version-changed");
        await RefusedAsync(WriteAsync("seven", "bo"), 400, "if-match-invalid");
        using var written = await WriteAsync("\"2\"", "bo");
        Assert.Equal("\"3\"", written.Headers.ETag!.Tag);

        Task<HttpResponseMessage> WriteAsync(string ifMatch, string csmId) => system.PutAsync(
            $"/v1/accounts/{id}/csm", new { csmId }, ifMatch);
    }

    [Fact]
    public async Task Details_are_replaced_as_a_whole()
    {
        var id = await system.RegisterAsync(new { details = new { name = "Before", city = "Berlin", plan = "pro" } });

        await DoneAsync(
            system.PutAsync($"/v1/accounts/{id}/details", new { name = "After", plan = "pro", employees = 3 }));

        var details = (await system.GetAsync($"/v1/accounts/{id}"))["details"]!;
        Assert.Equal(
            ("After", null, "pro", 3),
            (Text(details, "name"), Text(details, "city"), Text(details, "plan"),
                details["employees"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData("""{"details":{"name":"  "}}""")]
    [InlineData("""{"details":{"name":"A","tier":"gold"}}""")]
    [InlineData("""{"details":{"name":"A"},"externalKeys":[null]}""")]
    [InlineData("""{"details":{"name":"A"},"externalKeys":[{"system":"a/b","key":"1"}]}""")]
    [InlineData("""{"details":{"name":"A"},"accountId":"00000000-0000-0000-0000-000000000000"}""")]
    public Task A_body_that_says_nothing_clear_is_refused(string body) => RefusedAsync(
        SendAsync(
            system.Editor, HttpMethod.Post, "/v1/accounts",
            new StringContent(body, Encoding.UTF8, "application/json")), 400, "invalid");

    [Fact]
    public async Task Field_errors_are_named()
    {
        var problem = await RefusedAsync(
            system.PostAsync("/v1/accounts", new { details = new { name = new string('x', 201), employees = -1 } }),
            400, "invalid");

        Assert.Equal(
            ["details.name", "details.employees"],
            problem["errors"]!.AsObject().Select(e => e.Key).Order(StringComparer.Ordinal).Reverse());
        Assert.Matches("^[0-9a-f]{32}$", problem["traceId"]!.GetValue<string>());
    }

    [Fact]
    public async Task Timeline_pages_follow_each_other()
    {
        var id = await system.RegisterAsync();
        for (var i = 0; i < 6; i++)
            await DoneAsync(system.PutAsync($"/v1/accounts/{id}/csm", new { csmId = $"csm {i}" }));
        await Eventually.HoldsAsync(async () => (await system.ItemsAsync($"/v1/accounts/{id}/timeline")).Count == 7);

        var first = await system.GetAsync($"/v1/accounts/{id}/timeline?limit=5");
        var second = await system.GetAsync($"/v1/accounts/{id}/timeline?limit=5&after={first["next"]}");

        Assert.Equal([7, 6, 5, 4, 3, 2, 1],
            first["items"]!.AsArray().Concat(second["items"]!.AsArray()).Select(e => e!["version"]!.GetValue<int>()));
        Assert.Null(second["next"]);
        await RefusedAsync(system.ReadAsync($"/v1/accounts/{NewId()}/timeline"), 404, "account-unknown");
    }

    [Fact]
    public async Task Nobody_enters_without_a_token_or_with_the_wrong_role()
    {
        using var stranger = system.Client("accounts");
        var document = await AnswerAsync(SendAsync(stranger, HttpMethod.Get, "/openapi/v1.json"));
        var routes = document["paths"]!.AsObject().Where(
            path => path.Key.StartsWith("/v1/accounts", StringComparison.Ordinal))
            .SelectMany(path => path.Value!.AsObject().Select(operation =>
                (Method: new HttpMethod(operation.Key), Path: path.Key.Replace("{id}", $"{NewId()}", StringComparison.Ordinal)))).ToList();

        Assert.Equal(9, routes.Count);
        foreach (var (method, path) in routes)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(stranger, method, path));
            Assert.Equal(
                HttpStatusCode.Forbidden,
                await CallAsync(system.Client("accounts", Roles.Subscriber, Roles.Publisher, Roles.Ops), method, path));
            if (method != HttpMethod.Get)
                Assert.Equal(HttpStatusCode.Forbidden, await CallAsync(system.Reader, method, path));
        }

        static Task<HttpStatusCode> CallAsync(HttpClient who, HttpMethod method, string path) =>
            StatusAsync(SendAsync(who, method, path,
            method == HttpMethod.Get ? null : path.EndsWith("imports", StringComparison.Ordinal)
                ? new StringContent("name\nA\n", new MediaTypeHeaderValue("text/csv"))
                : JsonContent.Create(new { })));
    }

    [Fact]
    public async Task An_account_that_is_none_is_not_written()
    {
        await RefusedAsync(
            system.PutAsync($"/v1/accounts/{NewId()}/csm", new { csmId = "bo" }), 404, "account-unknown");
        await RefusedAsync(system.ReadAsync($"/v1/accounts/{NewId()}"), 404, "account-unknown");
    }

    private Task<List<JsonNode>> ListAsync(string query) => system.ItemsAsync($"/v1/accounts{query}");
}
