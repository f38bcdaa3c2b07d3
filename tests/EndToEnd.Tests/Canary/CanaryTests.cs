using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace CsPlatform.EndToEnd.Tests.Canary;

/// <summary>
/// Personal data and secrets go in by every way. Nobody sees them who only runs the system; other services and
/// subscribers are told what <see cref="Intended"/> lists; they lie in the tables that it lists, and nowhere else.
/// </summary>
[Collection(nameof(WholeSystem))]
public sealed class CanaryTests(WholeSystem system)
{
    private readonly Planted planted = new();

    [Fact]
    public async Task What_is_told_in_confidence_goes_where_it_is_meant_to_and_is_seen_in_no_log_telemetry_queue_error_or_command_line()
    {
        var waysIn = new WaysIn(system, planted);
        var account = await system.RegisterAsync("canary-1");
        AddSecrets();

        await new People(system, waysIn, planted).LookAfterAsync(account);
        await TakeSurveysAsync(waysIn, account);
        await TakeUsageAsync(waysIn, (await system.NextMondayAsync()).AddHours(9));
        await AskAsync(waysIn);
        await WhileDatabasesAreAwayAsync(async () =>
        {
            await waysIn.AnswerSurveyAsync(Survey(account, $"{planted.New("comment without a database")}"));
            await waysIn.PublishAsync("application/cloudevents+json",
                Usage(planted.New("user without a database"), planted.New("note without a database")));
            await waysIn.GetAsync(
                "accounts", $"/v1/accounts?search={planted.New("search without a database")}", null, Roles.Viewer);
        });
        var before = await FailedMessagesAsync();
        var poison = await waysIn.PoisonAsync();
        await Eventually.HoldsAsync(
            async () => await FailedMessagesAsync() == before + poison, TimeSpan.FromSeconds(60));
        await TelemetryArrivesAsync();

        Assert.True(waysIn.Errors.Count > 20, $"{waysIn.Errors.Count} ways in answered with an error");
        var places = new Places(system);
        var seen = (
            from place in (await places.LookAsync()).Concat(waysIn.Errors)
            from kind in planted.In(place.Text)
            where !(kind.StartsWith("poison", StringComparison.Ordinal) && place.Place.StartsWith("message on", StringComparison.Ordinal)) // as we sent it
            select (What: $"{kind}: {place.Place}", Where: Around(place.Text, kind))).ToList();
        Assert.DoesNotContain(seen, s => !Intended.ToBeSeen.Contains(s.What));
        Assert.Equal(Intended.ToBeSeen, seen.Select(s => s.What).Distinct().Order(StringComparer.Ordinal));
        var kept = await places.InDatabasesAsync(planted);
        Assert.Equal(Intended.ToBeKept, kept.Where(k => !Intended.IsSetAside(k)));
        Assert.Contains("note of an unknown subject: engagement.parked_event", kept);
        Assert.Contains("poison bytes: health.failed_message", kept);
    }

    [Fact]
    public async Task The_search_finds_what_is_really_there()
    {
        var places = new Places(system);
        var marker = planted.New("marker");
        await using (var connection = await system.AmqpAdmin().CreateConnectionAsync())
        await using (var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true)))
        {
            await channel.QueueDeclareAsync("canary-twin", durable: true, exclusive: false, autoDelete: false);
            await channel.BasicPublishAsync("", "canary-twin", mandatory: true,
                new BasicProperties { Headers = new Dictionary<string, object?> { ["x"] = marker } }, "{}"u8.ToArray());
            await channel.BasicPublishAsync("", MessageTap.Queue, mandatory: true,
                new BasicProperties { Headers = new Dictionary<string, object?> { ["x"] = planted.New("header of a message") } },
                Encoding.UTF8.GetBytes($$"""{"note":"{{planted.New("body of a message")}}"}"""));
            await channel.BasicPublishAsync(Topology.AlertsExchange, "twin", mandatory: true, new BasicProperties(),
                Encoding.UTF8.GetBytes($$"""{"subject":"nobody","note":"{{marker}}"}"""));
        }
        var waysIn = new WaysIn(system, planted);
        using (var refusal = new HttpResponseMessage(HttpStatusCode.BadRequest) { Content = new StringContent(planted.New("body of an error")) })
        {
            refusal.Headers.Add("x", planted.New("header of an error"));
            await waysIn.KeepAsync("answer", refusal);
        }
        var stranger = new ConnectionFactory { Uri = new UriBuilder(system.Platform.AdminAmqp) { UserName = marker, Password = "x" }.Uri };
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => stranger.CreateConnectionAsync());
        await using (var wrong = system.Database("accounts").CreateCommand($"select '{marker}'::int"))
            await Assert.ThrowsAsync<PostgresException>(() => wrong.ExecuteNonQueryAsync());
        using (var traced = await system.Client("accounts", Roles.Viewer).GetAsync("/v1/accounts?limit=1"))
            Assert.True(traced.IsSuccessStatusCode);
        planted.Add("log", "This replica leads the daemon");
        planted.Add("telemetry", "service.namespace");
        planted.Add("command line", "CsPlatform.Engagement.dll");
        await TelemetryArrivesAsync();

        var seen = (await places.LookAsync()).Concat(waysIn.Errors).SelectMany(
            p => planted.In(p.Text).Select(kind => $"{kind}: {p.Place}")).ToHashSet();

        Assert.Contains("marker: queue canary-twin", seen);
        Assert.Contains("header of a message: message on ", seen);
        Assert.Contains("body of a message: message on ", seen);
        Assert.Contains($"marker: message on {Topology.AlertsExchange}", seen);
        Assert.Contains("marker: alert", seen);
        Assert.Contains("header of an error: answer (400)", seen);
        Assert.Contains("body of an error: answer (400)", seen);
        Assert.Contains("log: log health.log", seen);
        Assert.Contains("command line: command line", seen);
        Assert.All(["traces", "metrics", "logs"], signal => Assert.Contains($"telemetry: telemetry: {signal}", seen));
        if ((await places.ServerLogsAsync()).Count > 0)
        {
            Assert.Contains("marker: log of postgres", seen);
            Assert.Contains("marker: log of beam", seen);
        }
    }

    private void AddSecrets()
    {
        foreach (var service in PlatformOptions.AllServices)
        {
            planted.Add($"{service}'s database password", PasswordIn(system.Platform.ConnectionString(service)));
            planted.Add($"{service}'s owner password", PasswordIn(system.Platform.OwnerConnectionString(service)));
            planted.Add($"{service}'s broker password", system.Platform.Amqp(service).UserInfo.Split(':')[1]);
        }
        planted.Add("the publisher's broker password", system.Platform.Amqp("publisher").UserInfo.Split(':')[1]);
        planted.Add("the administrator's database password", PasswordIn(system.Platform.Servers.Postgres));
        planted.Add("the administrator's broker password", system.Platform.Servers.Amqp.UserInfo.Split(':')[1]);
    }

    private async Task TakeSurveysAsync(WaysIn waysIn, Guid account)
    {
        var comment = planted.New("comment");
        var answer = Survey(account, $"I am {comment}, call me", planted.New("contact"));
        await waysIn.AnswerSurveyAsync(answer);
        await waysIn.AnswerSurveyAsync(
            new Dictionary<string, object>(answer) { ["comment"] = planted.New("comment of a reused id") });
        await new People(system, waysIn, planted).CorrectAsync($"/v1/answers/{answer["answerId"]}");
        await waysIn.AnswerSurveyAsync(Survey(
            WholeSystem.NewId(),
            planted.New("comment on an unknown account"), planted.New("contact of an unknown account")));
        foreach (var (member, value) in new (string, object)[]
        {
            ("contactId", $"{planted.New("e-mail")}@example.com"),
            ("contactId", planted.New("long contact") + new string('x', 300)),
            ("metric", planted.New("metric")), ("phone", planted.New("phone")), ("score", planted.New("score")),
            ("answeredAt", planted.New("time")), ("accountId", planted.New("account id")),
            ("comment", planted.New("long comment") + new string('x', 5_000)),
        })
            await waysIn.AnswerSurveyAsync(
                new Dictionary<string, object>(Survey(account, "none")) { [member] = value });
        await waysIn.AnswerSurveyAsync($$"""{"comment":"{{planted.New("comment cut off")}}""");
        await waysIn.AnswerSurveyAsync($$"""{"comment":"{{planted.New("comment with a NUL")}}\u0000"}""");
    }

    private async Task TakeUsageAsync(WaysIn waysIn, DateTimeOffset at)
    {
        const string One = "application/cloudevents+json", Batch = "application/cloudevents-batch+json";
        var now = at.ToString("O", CultureInfo.InvariantCulture);
        var good = Usage(
            planted.New("user"), planted.New("note"), now: now, id: "canary", extension: planted.New("extension"));
        await waysIn.PublishAsync(One, good);
        await waysIn.PublishAsync(One, Usage(planted.New("user of a reused id"), "x", now: now, id: "canary"));
        await waysIn.PublishAsync(One, Usage("ann", planted.New("note of an unknown subject"), "crm/nobody", now: now));
        await waysIn.PublishAsync(
            One, Usage("ann", planted.New("note of a wrong source"), source: planted.New("source"), now: now));
        await waysIn.PublishAsync(
            One, Usage("ann", planted.New("note at a wrong time"), now: planted.New("time of use")));
        await waysIn.PublishAsync(One, good[..^3] + planted.New("cut off"));
        await waysIn.PublishAsync(
            Batch, $"[{Usage("ann", planted.New("note in a batch"), subject: planted.New("subject"), now: now)},7]");
        await waysIn.PublishAsync($"text/{planted.New("media type")}", planted.New("other text"));

        var header = new Dictionary<string, object?> { ["x-person"] = planted.New("AMQP header") };
        await waysIn.PublishOverAmqpAsync(planted.New("AMQP text"), header);
        await waysIn.PublishOverAmqpAsync(Usage(planted.New("AMQP user"), "x", "crm/nobody", now: now), header);
        await waysIn.PublishOverAmqpAsync(
            Usage("ann", planted.New("AMQP note"), source: "/not/mine", now: now), header);
        await waysIn.PublishOverAmqpAsync(
            Usage(planted.New("user over AMQP"), planted.New("note over AMQP"), now: now, extension: planted.New("extension over AMQP")),
            new() { ["x-person"] = planted.New("AMQP header of what is taken") });
        await system.UntilIdleAsync();
    }

    /// <summary>Questions, with what a caller may put into a path, a query or a header.</summary>
    private async Task AskAsync(WaysIn waysIn)
    {
        foreach (var service in PlatformOptions.AllServices)
        {
            await waysIn.GetAsync(
                service, $"/v1/failed-messages?after={planted.New($"{service}: id")}", null, Roles.Ops);
            await waysIn.GetAsync(service, "/v1/failed-messages", h =>
                h.Authorization = new AuthenticationHeaderValue("Bearer", planted.New($"{service}: token")));
            await waysIn.GetAsync(service, "/v1/failed-messages", h =>
                h.Authorization = new AuthenticationHeaderValue("Basic", planted.New($"{service}: basic")));
            await waysIn.GetAsync(service, "/v1/failed-messages", h =>
            {
                h.Add("Cookie", $"session={planted.New($"{service}: cookie")}");
                h.Add("baggage", $"user={planted.New($"{service}: baggage")}");
            }, Roles.Ops);
        }
        var good = system.Platform.Token(new TokenClaims(Roles.Ops) { Subject = planted.New("subject of a token") });
        planted.Add("token", good.Split('.')[2]);
        await waysIn.GetAsync(
            "accounts", "/v1/failed-messages", h => h.Authorization = new AuthenticationHeaderValue("Bearer", good));
        await waysIn.GetAsync(
            "accounts", "/v1/accounts", h => h.Authorization = new AuthenticationHeaderValue("Bearer", good + "x"));
        await waysIn.GetAsync(
            "accounts", $"/v1/accounts?limit={planted.New("limit")}&after={planted.New("page")}", null, Roles.Viewer);
        await waysIn.SendAsync("accounts", "/v1/accounts/imports?dryRun=false", "text/csv",
            $"name,employees\n,{planted.New("cell")}\n", new TokenClaims(Roles.Csm));
        await waysIn.SendAsync("accounts", "/v1/accounts", "application/json",
            $$$"""{"details":{"name":"","country":"{{{planted.New("a land")}}}"},"phone":"{{{planted.New("a phone")}}}"}""", new TokenClaims(Roles.Csm));
    }

    /// <summary>The services are cut off from their databases, as by a full server: an outage to them.</summary>
    private async Task WhileDatabasesAreAwayAsync(Func<Task> act)
    {
        await using var server = NpgsqlDataSource.Create(system.Platform.Servers.Postgres);
        async Task LimitAsync(int connections)
        {
            foreach (var service in PlatformOptions.AllServices)
            {
                var role = new NpgsqlConnectionStringBuilder(system.Platform.ConnectionString(service)).Username;
                await using var limit = server.CreateCommand($"""
                    alter role "{role}" connection limit {connections};
                    select pg_terminate_backend(pid) from pg_stat_activity where {connections} = 0
                      and usename = '{role}';
                    """);
                await limit.ExecuteNonQueryAsync();
            }
        }

        await LimitAsync(0);
        try
        {
            await act();
        }
        finally
        {
            await LimitAsync(-1);
        }
        foreach (var service in PlatformOptions.AllServices)
        {
            using var nobody = system.Client(service);
            await Eventually.HoldsAsync(
                async () => (await nobody.GetAsync("/health")).IsSuccessStatusCode, TimeSpan.FromSeconds(60));
        }
    }

    private async Task<int> FailedMessagesAsync()
    {
        var waiting = 0;
        foreach (var service in PlatformOptions.AllServices)
        {
            await using var count = system.Database(service).CreateCommand(
                $"select count(*) from {service}.failed_message");
            waiting += (int)(long)(await count.ExecuteScalarAsync())!;
        }
        return waiting;
    }

    /// <summary>What is known now has been exported: two more rounds of metrics of every service.</summary>
    private async Task TelemetryArrivesAsync()
    {
        int Rounds() => system.Telemetry.Requests.Count(r => r.Signal == "metrics");
        var before = Rounds();
        await Eventually.HoldsAsync(() => Task.FromResult(Rounds() >= before + 2 * PlatformOptions.AllServices.Count));
    }

    private string Around(string text, string kind)
    {
        var at = text.IndexOf(planted.Of(kind), StringComparison.Ordinal);
        return at < 0 ? "(encoded)" : text[Math.Max(0, at - 150)..Math.Min(text.Length, at + 60)];
    }

    private static Dictionary<string, object> Survey(
        Guid account, string comment, string contact = "contact-1") => new()
        {
            ["answerId"] = WholeSystem.NewId(),
            ["accountId"] = account,
            ["contactId"] = contact,
            ["metric"] = "nps",
            ["score"] = 3,
            ["comment"] = comment,
        };

    private static string Usage(
        string user, string note, string subject = "crm/canary-1", string source = WholeSystem.Source,
        string? now = null, string? id = null, string extension = "none") =>
        JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["specversion"] = "1.0",
            ["id"] = id ?? WholeSystem.NewId().ToString(),
            ["source"] = source,
            ["type"] = "com.example.app.feature.used",
            ["subject"] = subject,
            ["time"] = now ?? "2026-01-05T09:00:00Z",
            ["person"] = extension,
            ["data"] = new { user, feature = "reports", minutes = 10, note },
        });

    private static string PasswordIn(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString).Password!;
}
