using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace CsPlatform.AppHost;

/// <summary>
/// What ops do with a service, from the dashboard: calls of its own API, with a token of the role ops.
/// </summary>
internal static class Operations
{
    /// <summary>A command that asks before it posts to a route of the service, and shows what that answered.</summary>
    public static IResourceBuilder<ExecutableResource> WithOperation(
        this IResourceBuilder<ExecutableResource> service, string name, string title, string route, HostedSystem system,
        string question) =>
        service.WithCommand(name, title, context => PostAsync(service, system, route, context.CancellationToken), new()
        {
            ConfirmationMessage = question,
            IconName = "Play",
            UpdateState = WhileHealthy,
        });

    /// <summary>Makes one of the service's read models anew from its events, while it serves.</summary>
    public static IResourceBuilder<ExecutableResource> WithRebuild(
        this IResourceBuilder<ExecutableResource> service, HostedSystem system) =>
        service.WithCommand("rebuild", "Rebuild a read model", context => PostAsync(
            service, system,
            $"/v1/read-models/{Uri.EscapeDataString(context.Arguments.GetString(ReadModel) ?? "")}/rebuild",
            context.CancellationToken), new()
            {
                ConfirmationMessage =
                    "Make it anew from the stored events? Until it has caught up, answers are incomplete.",
                IconName = "ArrowSync",
                UpdateState = WhileHealthy,
                Arguments =
                [
                    new()
                    {
                        Name = ReadModel,
                        Label = "Read model",
                        InputType = InputType.Choice,
                        Required = true,
                        DynamicLoading = new()
                        {
                            LoadCallback = async context => context.Input.Options =
                                await NamesAsync(service, system, context.CancellationToken),
                        },
                    },
                ],
            });

    private const string ReadModel = "readModel";

    private static ResourceCommandState WhileHealthy(UpdateCommandStateContext context) =>
        context.ResourceSnapshot.HealthStatus is Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy
            ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

    /// <summary>
    /// Posts; where the answer names a next page it goes on with that. The last answer is what is shown.
    /// </summary>
    private static async Task<ExecuteCommandResult> PostAsync(
        IResourceBuilder<ExecutableResource> service, HostedSystem system, string route, CancellationToken stop)
    {
        using var client = Client(service, system);
        for (var page = route; ;)
        {
            using var answer = await client.PostAsync(new Uri(page, UriKind.Relative), null, stop);
            var text = await answer.Content.ReadAsStringAsync(stop);
            if (!answer.IsSuccessStatusCode)
                return CommandResults.Failure($"{(int)answer.StatusCode}: {text}");
            if (Next(text) is not { } next)
                return CommandResults.Success(text.Length > 0 ? text : "done");
            page = $"{route}&after={next}";
        }
    }

    private static string? Next(string answer) =>
        answer.Length > 0 && JsonSerializer.Deserialize<JsonElement>(answer) is { ValueKind: JsonValueKind.Object } body
        && body.TryGetProperty("next", out var next) && next.ValueKind is not JsonValueKind.Null
            ? next.ToString() : null;

    private static async Task<IReadOnlyList<KeyValuePair<string, string>>> NamesAsync(
        IResourceBuilder<ExecutableResource> service, HostedSystem system, CancellationToken stop)
    {
        using var client = Client(service, system);
        var page = await client.GetFromJsonAsync<JsonElement>("/v1/read-models", stop);
        return [.. page.GetProperty("items").EnumerateArray()
            .Where(m => m.GetProperty("online").GetBoolean()) // the others: by the verb, with the service stopped
            .Select(m => m.GetProperty("name").GetString()!).Select(name => KeyValuePair.Create(name, name))];
    }

    private static HttpClient Client(IResourceBuilder<ExecutableResource> service, HostedSystem system) => new()
    {
        BaseAddress = system.Installation.Address(service.Resource.Name),
        DefaultRequestHeaders =
        {
            Authorization = new AuthenticationHeaderValue(
                "Bearer", system.Installation.Token(new("ops") { Subject = "dashboard" })),
        },
    };
}
