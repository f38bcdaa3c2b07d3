using System.Collections.Concurrent;

namespace CsPlatform.Requests.Tests;

/// <summary>
/// Every operation of every OpenAPI document, asked rightly and then wrongly in every place: the right request
/// succeeds, and the answer to the wrong ones is one that the document lists, never a fault of ours, each refusal with
/// problem details; what nobody can read is refused. This is the place for bad input of every kind: tests of a service
/// try what its own rules refuse.
/// </summary>
[Collection(nameof(RequestsSystem))]
public sealed class GeneratedRequestTests(RequestsSystem system)
{
    /// <summary>
    /// Operations that refuse a request as it should be: no message has failed, and only Accounts has read models that
    /// are made anew while it runs, and the retelling of the example.
    /// </summary>
    private static bool IsWithoutSuccess(Operation operation) =>
        operation.Id is "GetFailedMessage" or "ReplayFailedMessage"
        || operation is { Id: "RebuildReadModel" or "GetRetelling", Service: not "accounts" };

    /// <summary>To each service, however many operations it has.</summary>
    private const int RequestsOfAPlainRun = 1_500;

    public static TheoryData<string> Services => [.. PlatformOptions.AllServices];

    [Theory, MemberData(nameof(Services))]
    public async Task Every_answer_is_documented_and_no_fault_of_ours(string service)
    {
        using var nobody = system.Client(service);
        var operations = await Api.OperationsOf(service, nobody);
        Assert.True(operations.Count > 2, $"{service} documents its operations.");
        var (faults, asked, taken) = (new ConcurrentBag<string>(), 0, 0);
        foreach (var operation in operations)
        {
            using var client = system.ClientFor(operation);
            var valid = GeneratedRequests.Valid(operation, system.Examples);
            var (refusal, ofValid) = await Ask(client, operation, valid);
            if (refusal is not null && !IsWithoutSuccess(operation))
                faults.Add($"{operation}: {valid.What}: {refusal}");
            foreach (var fault in ofValid)
                faults.Add(fault);
            var requests = GeneratedRequests.Of(operation, system.Examples).ToList();
            await Parallel.ForEachAsync(
                Sampling.Of(requests, RequestsOfAPlainRun / operations.Count),
                new ParallelOptions { MaxDegreeOfParallelism = 4 },
                async (request, _) =>
                {
                    Interlocked.Increment(ref asked);
                    var (refused, found) = await Ask(client, operation, request);
                    Interlocked.Add(ref taken, refused is null ? 1 : 0);
                    foreach (var fault in found)
                        faults.Add(fault);
                });
        }

        TestContext.Current.SendDiagnosticMessage(
            $"{service}: {operations.Count} operations, {asked} requests, {taken} taken");
        var shown = faults.Order(StringComparer.Ordinal).Take(60);
        Assert.True(
            faults.IsEmpty, $"CSP_SEED={Sampling.Seed}: {faults.Count} of {asked}:\n{string.Join('\n', shown)}");
        using var healthy = await nobody.GetAsync("/health", TestContext.Current.CancellationToken);
        Assert.True(healthy.IsSuccessStatusCode);
        await system.MustUnderstandEachOtherAsync();
    }

    [Theory, MemberData(nameof(Services))]
    public async Task Every_documented_member_of_a_body_is_varied(string service)
    {
        using var nobody = system.Client(service);
        foreach (var operation in await Api.OperationsOf(service, nobody))
            Assert.Equal((operation.Id, ""), (operation.Id, string.Join(", ", operation.Members.Except(GeneratedRequests.Members(operation, system.Examples)))));
    }

    [Fact]
    public async Task A_usage_event_as_it_should_be_is_counted_in_each_of_its_media_types()
    {
        using var nobody = system.Client("engagement");
        var intake = (await Api.OperationsOf("engagement", nobody)).Where(o => o.Id == "PublishEvents").ToList();
        Assert.Equal(3, intake.Count);
        foreach (var operation in intake)
        {
            using var client = system.ClientFor(operation);
            using var request = GeneratedRequests.Valid(operation, system.Examples).Message(operation.Method);
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(
                JsonElement.Parse(text).TryGetProperty("accepted", out var accepted) && accepted.GetInt32() == 1,
                $"{operation}: {text}");
        }
    }

    [Theory, MemberData(nameof(Services))]
    public async Task A_limit_out_of_its_bounds_is_refused_by_every_list(string service)
    {
        using var nobody = system.Client(service);
        var lists = (
            from operation in await Api.OperationsOf(service, nobody)
            where operation.Method == "GET"
            from parameter in operation.Parameters
            where parameter.Name.Equals("limit", StringComparison.OrdinalIgnoreCase)
            select (Operation: operation, Max: parameter.Max ?? 500)).ToList();

        Assert.NotEmpty(lists);
        foreach (var (list, max) in lists)
        {
            using var client = system.ClientFor(list);
            var address = GeneratedRequests.Valid(list, system.Examples).Address;
            foreach (var (limit, status) in ((int, int)[])[(0, 400), (1, 200), (max, 200), (max + 1, 400)])
            {
                using var answer = await client.GetAsync(
                    $"{address}?limit={limit}", TestContext.Current.CancellationToken);
                Assert.Equal(($"{list}", limit, status), ($"{list}", limit, (int)answer.StatusCode));
            }
        }
    }

    /// <returns>Status and body where it did not succeed, and what is wrong with the answer.</returns>
    private async Task<(string? Refusal, IReadOnlyList<string> Faults)> Ask(
        HttpClient client, Operation operation, GeneratedRequest request)
    {
        using var message = request.Message(operation.Method);
        using var answer = await client.SendAsync(message);
        var (status, text) = ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
        List<string> faults = [];
        if (status >= 500)
            faults.Add($"{operation}: {request.What}: {status} {text}");
        if (!operation.Statuses.Contains(status))
            faults.Add($"{operation}: {request.What}: {status} is not in the document");
        if (status is >= 400 and < 500 && !IsProblem(answer, status, text))
            faults.Add($"{operation}: {request.What}: {status} without problem details: {answer.Content.Headers.ContentType} {text}");
        if (answer.IsSuccessStatusCode && request.IsUnreadable(operation) && !IsReadOver(request))
            faults.Add($"{operation}: {request.What}: {status}, and nobody can read it");
        if (status == 201)
            faults.AddRange(await AskForWhatWasMade(client, operation, request, answer.Headers.Location!));
        return (answer.IsSuccessStatusCode ? null : $"{status} {text}", faults);
    }

    /// <summary>What was taken can be read back, and a model that was taken can be worked with.</summary>
    private async Task<IReadOnlyList<string>> AskForWhatWasMade(
        HttpClient client, Operation operation, GeneratedRequest request, Uri location)
    {
        string[] paths = operation.Id == "PublishModel"
            ? [$"{location}", $"/v1/accounts/{system.AccountId}/health"]
            : [$"{location}"];
        List<string> faults = [];
        foreach (var path in paths)
        {
            using var answer = await client.GetAsync(path);
            if (!answer.IsSuccessStatusCode)
                faults.Add($"{operation}: {request.What}: then {path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
        return faults;
    }

    // The number of steps follows from the ends of a scale.
    private static bool IsReadOver(GeneratedRequest request) =>
        request.What.StartsWith("scale.steps =", StringComparison.Ordinal);

    private static bool IsProblem(HttpResponseMessage answer, int status, string text)
    {
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return false;
        var problem = JsonElement.Parse(text);
        return problem.GetProperty("status").GetInt32() == status
            && problem.GetProperty("code").GetString() is { Length: > 0 } code
            && problem.GetProperty("type").GetString() == $"urn:csplatform:problem:{code}"
            && problem.GetProperty("traceId").GetString() is { Length: > 0 }
            && problem.GetProperty("title").GetString() is { Length: > 0 };
    }
}
