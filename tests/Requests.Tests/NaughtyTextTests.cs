using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CsPlatform.Requests.Tests;

/// <summary>Naughty strings in every text that the services keep: refused with a reason, or read back as they were sent.</summary>
[Collection(nameof(RequestsSystem))]
public sealed class NaughtyTextTests(RequestsSystem system)
{
    private const int ModelTexts = 25;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static IReadOnlyList<string> Texts { get; } = Suites.NaughtyStrings();

    [Fact]
    public async Task Accounts_keeps_texts_as_they_are()
    {
        using var csm = system.Client("accounts", Roles.Csm);
        await EachAsync(Texts, async (text, number) =>
        {
            var id = RequestsSystem.NewId();
            var kept = await TakenAsync(csm, HttpMethod.Post, "/v1/accounts", new JsonObject
            {
                ["accountId"] = id,
                ["name"] = text,
                ["industry"] = text,
                ["country"] = text,
                ["region"] = text,
                ["city"] = text,
                ["plan"] = text,
                ["externalKeys"] = new JsonArray(new JsonObject { ["system"] = "naughty", ["key"] = $"{number} {text}" }),
            });
            if (!kept)
                return;
            await TakenAsync(csm, HttpMethod.Put, $"/v1/accounts/{id}/csm", new JsonObject { ["csmId"] = text });
            await TakenAsync(csm, HttpMethod.Post, $"/v1/accounts/{id}/stages", new JsonObject { ["stage"] = "adoption", ["reason"] = text });
            var account = await csm.GetFromJsonAsync<JsonElement>($"/v1/accounts/{id}", Stop);
            foreach (var field in (string[])["name", "industry", "country", "region", "city", "plan"])
                Assert.Equal(text.Trim(), account.GetProperty(field).GetString());
            Assert.Equal($"{number} {text}".Trim(), account.GetProperty("externalKeys")[0].GetProperty("key").GetString());
        });
    }

    [Fact]
    public async Task Searching_and_filtering_by_any_text_finds_or_refuses()
    {
        using var viewer = system.Client("accounts", Roles.Viewer);
        await EachAsync([.. Texts.Where(HostileValues.IsAddressable)], async (text, _) =>
        {
            var escaped = Uri.EscapeDataString(text);
            foreach (var query in (string[])[$"search={escaped}", $"country={escaped}", $"csmId={escaped}", $"after={escaped}"])
            {
                using var answer = await viewer.GetAsync($"/v1/accounts?{query}", Stop);
                Assert.True((int)answer.StatusCode is 200 or 400, $"{query}: {answer.StatusCode}");
            }
        });
    }

    [Fact]
    public async Task Feedback_keeps_texts_as_they_are()
    {
        using var csm = system.Client("feedback", Roles.Csm, Roles.Viewer);
        await EachAsync(Texts, async (text, _) =>
        {
            var id = RequestsSystem.NewId();
            var body = system.Examples.Body("TakeAnswer", id);
            body["comment"] = text;
            body["anchors"] = new JsonObject { ["lowest"] = text, ["highest"] = text };
            body["contactId"] = text;
            if (!await TakenAsync(csm, HttpMethod.Post, "/v1/answers", body))
            {
                body["contactId"] = "contact-1";
                body["anchors"] = null;
                if (!await TakenAsync(csm, HttpMethod.Post, "/v1/answers", body))
                    return;
            }

            var answer = await csm.GetFromJsonAsync<JsonElement>($"/v1/answers/{id}", Stop);
            Assert.Equal((text, (string?)body["contactId"]), (answer.GetProperty("comment").GetString(), answer.GetProperty("contactId").GetString()));
            // The same again is a repeat: what was stored equals what is sent.
            Assert.True(await TakenAsync(csm, HttpMethod.Post, "/v1/answers", body));
        });
    }

    [Fact]
    public async Task Renewals_keeps_texts_as_they_are()
    {
        using var csm = system.Client("renewals", Roles.Csm, Roles.Viewer);
        // Contracts of one account are signed one after the other, and each looks at the others.
        foreach (var texts in Texts.Distinct().Chunk(80))
        {
            var refused = new List<string>();
            foreach (var text in texts)
            {
                var invalid = system.Examples.Body("SignContract", RequestsSystem.NewId());
                invalid["products"] = new JsonArray(text, "");
                Assert.False(await TakenAsync(csm, HttpMethod.Post, "/v1/contracts", invalid));
                if (string.IsNullOrWhiteSpace(text) || text.Length > 100 || text.Any(char.IsControl))
                    refused.Add(text);
            }

            var id = RequestsSystem.NewId();
            var body = system.Examples.Body("SignContract", id);
            var products = texts.Except(refused).ToArray();
            body["products"] = new JsonArray([.. products.Select(p => JsonValue.Create(p))]);
            Assert.True(await TakenAsync(csm, HttpMethod.Post, "/v1/contracts", body));
            var contract = await csm.GetFromJsonAsync<JsonElement>($"/v1/contracts/{id}", Stop);
            Assert.Equal(products, contract.GetProperty("products").EnumerateArray().Select(p => p.GetString()));
        }
    }

    [Fact]
    public async Task Health_keeps_texts_as_they_are()
    {
        using var admin = system.Client("health", Roles.Admin);
        foreach (var text in new Random(7).GetItems([.. Texts], ModelTexts))
        {
            var body = system.Examples.Body("PublishModel", Guid.Empty);
            body["name"] = text;
            body["reason"] = text;
            using var request = new HttpRequestMessage(HttpMethod.Put, "/v1/models/default") { Content = JsonContent.Create(body) };
            using var answer = await admin.SendAsync(request, Stop);
            Assert.True((int)answer.StatusCode is 201 or 400, $"{text}: {answer.StatusCode}");
            if ((int)answer.StatusCode == 400)
                continue;
            var model = await admin.GetFromJsonAsync<JsonElement>(answer.Headers.Location, Stop);
            Assert.Equal((text, text), (model.GetProperty("reason").GetString(), model.GetProperty("model").GetProperty("name").GetString()));
        }

        foreach (var text in Texts.Where(t => HostileValues.IsAddressable(t) && !t.Contains('\0') && t is not ("." or "..")))
        {
            var escaped = Uri.EscapeDataString(text);
            foreach (var path in (string[])[
                $"/v1/health?band={escaped}", $"/v1/health?after={escaped}", $"/v1/alerts?status={escaped}", $"/v1/models/{escaped}/1",
                $"/v1/accounts/{system.AccountId}/health/evidence?measure={escaped}"])
            {
                using var answer = await admin.GetAsync(path, Stop);
                Assert.True((int)answer.StatusCode is 200 or 400 or 404, $"{path}: {answer.StatusCode}");
            }
        }
    }

    private static Task EachAsync(IReadOnlyList<string> texts, Func<string, int, Task> assertions) => Parallel.ForEachAsync(
        texts.Index(), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (t, _) => await assertions(t.Item, t.Index));

    /// <returns>False where it was refused as invalid.</returns>
    private static async Task<bool> TakenAsync(HttpClient client, HttpMethod method, string path, JsonObject body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var answer = await client.SendAsync(request, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode || (int)answer.StatusCode == 400, $"{path}: {(int)answer.StatusCode} {text} for {body.ToJsonString()}");
        return answer.IsSuccessStatusCode;
    }
}
