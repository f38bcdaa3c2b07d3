using System.Collections.Concurrent;
using System.Text.Json;
using CsPlatform.Local.Platform;

namespace CsPlatform.Requests.Tests;

/// <summary>
/// Every operation of every OpenAPI document, asked wrongly in every place: the answer is one that the document lists,
/// never a fault of ours, and each refusal is problem details.
/// </summary>
[Collection(nameof(RequestsSystem))]
public sealed class GeneratedRequestTests(RequestsSystem system)
{
    public static TheoryData<string> Services => [.. PlatformOptions.AllServices];

    [Theory, MemberData(nameof(Services))]
    public async Task Every_answer_is_documented_and_no_fault_of_ours(string service)
    {
        using var nobody = system.Client(service);
        var operations = await Api.OperationsOf(service, nobody);
        Assert.True(operations.Count > 2, $"{service} documents its operations.");
        var (faults, asked) = (new ConcurrentBag<string>(), 0);
        foreach (var operation in operations)
        {
            using var client = system.ClientFor(operation);
            foreach (var fault in await Ask(client, operation, GeneratedRequests.Valid(operation, system.Examples)))
                faults.Add(fault);
            await Parallel.ForEachAsync(
                GeneratedRequests.Of(operation, system.Examples), new ParallelOptions { MaxDegreeOfParallelism = 4 },
                async (request, _) =>
                {
                    Interlocked.Increment(ref asked);
                    foreach (var fault in await Ask(client, operation, request))
                        faults.Add(fault);
                });
        }

        TestContext.Current.SendDiagnosticMessage($"{service}: {operations.Count} operations, {asked} requests");
        Assert.True(faults.IsEmpty, $"{faults.Count} of {asked}:\n{string.Join('\n', faults.Order(StringComparer.Ordinal).Take(60))}");
        using var healthy = await nobody.GetAsync("/health", TestContext.Current.CancellationToken);
        Assert.True(healthy.IsSuccessStatusCode);
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
                using var answer = await client.GetAsync($"{address}?limit={limit}", TestContext.Current.CancellationToken);
                Assert.Equal(($"{list}", limit, status), ($"{list}", limit, (int)answer.StatusCode));
            }
        }
    }

    [Fact]
    public async Task Whatever_was_sent_the_services_still_understand_each_other()
    {
        foreach (var service in PlatformOptions.AllServices)
        {
            using var ops = system.Client(service, Roles.Ops);
            var failed = JsonElement.Parse(await ops.GetStringAsync("/v1/failed-messages", TestContext.Current.CancellationToken));
            Assert.Equal((service, 0), (service, failed.GetProperty("items").GetArrayLength()));
        }
    }

    private static async Task<IReadOnlyList<string>> Ask(HttpClient client, Operation operation, GeneratedRequest request)
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
        return faults;
    }

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
