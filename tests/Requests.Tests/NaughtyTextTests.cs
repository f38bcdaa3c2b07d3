using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace CsPlatform.Requests.Tests;

/// <summary>
/// Naughty strings in every text that the services keep: refused with a reason, or read back as they were sent. How
/// many must be taken at least is a little below how many are; a sample cannot have more that are refused than all
/// have.
/// </summary>
[Collection(nameof(RequestsSystem))]
public sealed class NaughtyTextTests(RequestsSystem system)
{
    /// <summary>Where each costs a version or an alert.</summary>
    private const int FewTexts = 25;

    private const int TextsOfAPlainRun = 100;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly IReadOnlyList<string> All = Suites.NaughtyStrings();

    private static readonly IReadOnlyList<string> Texts = Sampling.Of(All, TextsOfAPlainRun);

    private static readonly string[] DetailTexts = ["name", "industry", "country", "region", "city", "plan"];

    [Fact]
    public async Task Accounts_keeps_texts_as_they_are()
    {
        using var lead = system.Client("accounts", Roles.Lead); // whose accounts are given to CSMs of any name
        var (managed, reasons) = (0, new ConcurrentDictionary<Guid, string>());
        await EachAsync(Texts, async (text, number) =>
        {
            var id = RequestsSystem.NewId();
            var kept = await TakenAsync(lead, HttpMethod.Post, "/v1/accounts", new JsonObject
            {
                ["accountId"] = id,
                ["details"] = new JsonObject(
                    DetailTexts.Select(field => KeyValuePair.Create(field, (JsonNode?)text))),
                ["externalKeys"] = new JsonArray(
                    new JsonObject { ["system"] = "naughty", ["key"] = $"{number} {text}" }),
            });
            if (!kept)
                return;
            var hasManager = await TakenAsync(
                lead, HttpMethod.Put, $"/v1/accounts/{id}/csm", new JsonObject { ["csmId"] = text });
            if (await TakenAsync(lead, HttpMethod.Post, $"/v1/accounts/{id}/stages", new JsonObject { ["stage"] = "adoption", ["reason"] = text }))
                reasons[id] = text.Trim();
            var account = await lead.GetFromJsonAsync<JsonElement>($"/v1/accounts/{id}", Stop);
            foreach (var field in DetailTexts)
                Assert.Equal(text.Trim(), account.GetProperty("details").GetProperty(field).GetString());
            Assert.Equal(
                $"{number} {text}".Trim(), account.GetProperty("externalKeys")[0].GetProperty("key").GetString());
            Assert.Equal(hasManager ? text.Trim() : null, account.GetProperty("csmId").GetString());
            Interlocked.Add(ref managed, hasManager ? 1 : 0);
        });

        await system.MustUnderstandEachOtherAsync();
        await EachAsync([.. reasons], async (account, _) =>
        {
            var timeline = await lead.GetFromJsonAsync<JsonElement>($"/v1/accounts/{account.Key}/timeline", Stop);
            var stage = timeline.GetProperty("items").EnumerateArray().Single(
                e => e.GetProperty("kind").GetString() == "stageEntered");
            Assert.Equal(account.Value, stage.GetProperty("text").GetProperty("reason").GetString());
        });
        Assert.InRange(managed, LeastWhereAllHave(460), Texts.Count);
        Assert.InRange(reasons.Count, LeastWhereAllHave(460), Texts.Count);
    }

    [Fact]
    public async Task Searching_and_filtering_by_any_text_finds_or_refuses()
    {
        using var viewer = system.Client("accounts", Roles.Viewer);
        var searched = 0;
        await EachAsync([.. Texts.Where(HostileValues.IsAddressable)], async (text, _) =>
        {
            var escaped = Uri.EscapeDataString(text);
            foreach (var query in (string[])[$"search={escaped}", $"country={escaped}", $"csmId={escaped}", $"after={escaped}"])
            {
                using var answer = await viewer.GetAsync($"/v1/accounts?{query}", Stop);
                Assert.True((int)answer.StatusCode is 200 or 400, $"{query}: {answer.StatusCode}");
                if (answer.IsSuccessStatusCode && query.StartsWith("search=", StringComparison.Ordinal))
                    Interlocked.Increment(ref searched);
            }
        });
        Assert.InRange(searched, LeastWhereAllHave(470), Texts.Count);
    }

    [Fact]
    public async Task Feedback_keeps_texts_as_they_are()
    {
        using var lead = system.Client("feedback", Roles.Lead); // the shared account may be in anyone's book
        var (whole, comments) = (0, 0);
        await EachAsync(Texts, async (text, _) =>
        {
            var id = RequestsSystem.NewId();
            var body = system.Examples.Body("TakeAnswer", id);
            body["comment"] = text;
            body["anchors"] = new JsonObject { ["lowest"] = text, ["highest"] = text };
            body["contactId"] = text;
            if (await TakenAsync(lead, HttpMethod.Post, "/v1/answers", body))
                Interlocked.Increment(ref whole);
            else
            {
                body["contactId"] = "contact-1";
                body["anchors"] = null;
                if (!await TakenAsync(lead, HttpMethod.Post, "/v1/answers", body))
                    return;
            }

            Interlocked.Increment(ref comments);
            var answer = await lead.GetFromJsonAsync<JsonElement>($"/v1/answers/{id}", Stop);
            Assert.Equal(
                (text.Trim() is { Length: > 0 } said ? said : null, ((string?)body["contactId"])!.Trim()),
                (answer.GetProperty("comment").GetString(), answer.GetProperty("contactId").GetString()));
            // The same again is a repeat: what was stored equals what is sent.
            Assert.True(await TakenAsync(lead, HttpMethod.Post, "/v1/answers", body));
        });
        Assert.InRange(whole, LeastWhereAllHave(460), Texts.Count);
        Assert.InRange(comments, LeastWhereAllHave(460), Texts.Count);
        await system.MustUnderstandEachOtherAsync();
    }

    [Fact]
    public async Task Renewals_keeps_texts_as_they_are()
    {
        using var lead = system.Client("renewals", Roles.Lead); // the shared account may be in anyone's book
        var licensed = 0;
        // Contracts of one account are signed one after the other, and each looks at the others.
        foreach (var texts in Texts.DistinctBy(t => t.Trim()).Chunk(80))
        {
            var refused = new List<string>();
            foreach (var text in texts)
            {
                var invalid = system.Examples.Body("SignContract", RequestsSystem.NewId());
                invalid["products"] = new JsonArray(text, "");
                Assert.False(await TakenAsync(lead, HttpMethod.Post, "/v1/contracts", invalid));
                if (string.IsNullOrWhiteSpace(text) || text.Trim().Length > 100 || text.Trim().Any(char.IsControl))
                    refused.Add(text);
            }

            var id = RequestsSystem.NewId();
            var body = system.Examples.Body("SignContract", id);
            var products = texts.Except(refused).ToArray();
            body["products"] = new JsonArray([.. products.Select(p => JsonValue.Create(p))]);
            Assert.True(await TakenAsync(lead, HttpMethod.Post, "/v1/contracts", body));
            var contract = await lead.GetFromJsonAsync<JsonElement>($"/v1/contracts/{id}", Stop);
            Assert.Equal(
                products.Select(p => p.Trim()),
                contract.GetProperty("products").EnumerateArray().Select(p => p.GetString()));
            licensed += products.Length;
        }
        Assert.InRange(licensed, LeastWhereAllHave(450), Texts.Count);
        await system.MustUnderstandEachOtherAsync();
    }

    [Fact]
    public async Task Health_keeps_texts_as_they_are()
    {
        using var admin = system.Client("health", Roles.Admin);
        var published = 0;
        foreach (var text in Few())
        {
            var body = system.Examples.Body("PublishModel", Guid.Empty);
            body["name"] = text;
            body["reason"] = text;
            using var request = new HttpRequestMessage(HttpMethod.Put, "/v1/models/default")
            {
                Content = JsonContent.Create(body),
            };
            using var answer = await admin.SendAsync(request, Stop);
            Assert.True((int)answer.StatusCode is 200 or 400, $"{text}: {answer.StatusCode}");
            if ((int)answer.StatusCode == 400)
                continue;
            var model = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
            Assert.Equal(
                (text.Trim(), text.Trim()),
                (model.GetProperty("reason").GetString(), model.GetProperty("model").GetProperty("name").GetString()));
            published++;
        }
        Assert.InRange(published, 20, FewTexts);
        await system.MustUnderstandEachOtherAsync();
    }

    [Fact]
    public async Task Alerts_keep_the_reasons_of_those_who_act_on_them_as_they_are()
    {
        using var csm = system.Client("health", Roles.Csm);
        var texts = Few();
        var dismissed = 0;
        foreach (var (text, alert) in texts.Zip(await system.RaiseAlertsAsync(texts.Length)))
        {
            var snooze = system.Examples.Body("SnoozeAlert", Guid.Empty);
            snooze["reason"] = text;
            var isTaken = await TakenAsync(csm, HttpMethod.Post, $"/v1/alerts/{alert}/snooze", snooze);
            Assert.Equal(isTaken, await TakenAsync(csm, HttpMethod.Post, $"/v1/alerts/{alert}/dismiss", new JsonObject { ["reason"] = text }));
            var kept = await csm.GetFromJsonAsync<JsonElement>($"/v1/alerts/{alert}", Stop);
            Assert.Equal(isTaken ? text.Trim() : null, kept.GetProperty("outcome").GetString());
            if (!isTaken)
                continue;
            dismissed++;
            await Eventually.HoldsAsync(() => Task.FromResult(Told(alert).IsSupersetOf([("snoozed", text.Trim()), ("dismissed", text.Trim())])));
        }
        Assert.InRange(dismissed, 20, FewTexts);
        await system.MustUnderstandEachOtherAsync();
    }

    [Fact]
    public async Task Asking_health_for_any_text_finds_or_refuses()
    {
        using var admin = system.Client("health", Roles.Admin);
        await EachAsync([.. Texts.Where(t => HostileValues.IsAddressable(t) && !t.Contains('\0')
            && t is not ("." or ".."))], async (text, _) =>
        {
            var escaped = Uri.EscapeDataString(text);
            foreach (var path in (string[])[
                $"/v1/health?band={escaped}", $"/v1/health?after={escaped}", $"/v1/alerts?status={escaped}",
                $"/v1/models/{escaped}/1",
                $"/v1/accounts/{system.AccountId}/health/evidence?measure={escaped}"])
            {
                using var answer = await admin.GetAsync(path, Stop);
                Assert.True((int)answer.StatusCode is 200 or 400 or 404, $"{path}: {answer.StatusCode}");
            }
        });
    }

    private static int LeastWhereAllHave(int least) => Texts.Count - (All.Count - least);

    private static string[] Few() => new Random(7).GetItems([.. All], FewTexts);

    /// <summary>What subscribers were told of an alert: each status, and what came of it in words.</summary>
    private HashSet<(string?, string?)> Told(Guid alert) =>
    [
        .. from message in system.Messages.Alerts
           let data = message.Body.GetProperty("data")
           where data.GetProperty("alertId").GetGuid() == alert && data.TryGetProperty("outcome", out _)
           select (data.GetProperty("status").GetString(), data.GetProperty("outcome").GetProperty("text").GetString()),
    ];

    private static Task EachAsync<T>(IReadOnlyList<T> items, Func<T, int, Task> assertions) => Parallel.ForEachAsync(
        items.Index(), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (
            t, _) => await assertions(t.Item, t.Index));

    /// <returns>False where it was refused as invalid.</returns>
    private static async Task<bool> TakenAsync(HttpClient client, HttpMethod method, string path, JsonObject body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var answer = await client.SendAsync(request, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(
            answer.IsSuccessStatusCode || (int)answer.StatusCode == 400,
            $"{path}: {(int)answer.StatusCode} {text} for {body.ToJsonString()}");
        return answer.IsSuccessStatusCode;
    }
}
