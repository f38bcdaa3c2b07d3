using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace CsPlatform.AppHost;

/// <summary>What ops do with a service, from the dashboard: calls of its own API, with a token of the role ops.</summary>
internal static class Operations
{
    /// <summary>A command that asks before it posts to a route of the service, and shows what that answered.</summary>
    public static IResourceBuilder<ExecutableResource> WithOperation(
        this IResourceBuilder<ExecutableResource> service, string name, string title, string route, HostedSystem system,
        string question) =>
        service.WithCommand(name, title, context => CallAsync(service, system, HttpMethod.Post, route, context.CancellationToken), new()
        {
            ConfirmationMessage = question,
            IconName = "Play",
            UpdateState = WhileHealthy,
        });

    /// <summary>Makes one of the service's read models anew from its events, while it serves.</summary>
    public static IResourceBuilder<ExecutableResource> WithRebuild(
        this IResourceBuilder<ExecutableResource> service, HostedSystem system) =>
        service.WithCommand("rebuild", "Rebuild a read model", context => CallAsync(
            service, system, HttpMethod.Post,
            $"/v1/read-models/{Uri.EscapeDataString(context.Arguments.GetString(ReadModel) ?? "")}/rebuild", context.CancellationToken), new()
            {
                ConfirmationMessage = "Make it anew from the stored events? Until that is done it answers from part of them.",
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

    private static async Task<ExecuteCommandResult> CallAsync(
        IResourceBuilder<ExecutableResource> service, HostedSystem system, HttpMethod method, string route, CancellationToken stop)
    {
        using var client = Client(service, system);
        using var request = new HttpRequestMessage(method, route);
        using var answer = await client.SendAsync(request, stop);
        var text = await answer.Content.ReadAsStringAsync(stop);
        return answer.IsSuccessStatusCode
            ? CommandResults.Success(text.Length > 0 ? text : "done")
            : CommandResults.Failure($"{(int)answer.StatusCode}: {text}");
    }

    private static async Task<IReadOnlyList<KeyValuePair<string, string>>> NamesAsync(
        IResourceBuilder<ExecutableResource> service, HostedSystem system, CancellationToken stop)
    {
        using var client = Client(service, system);
        var page = await client.GetFromJsonAsync<JsonElement>("/v1/read-models", stop);
        return [.. page.GetProperty("items").EnumerateArray().Select(m => m.GetProperty("name").GetString()!)
            .Select(name => KeyValuePair.Create(name, name))];
    }

    private static HttpClient Client(IResourceBuilder<ExecutableResource> service, HostedSystem system) => new()
    {
        BaseAddress = system.Installation.Address(service.Resource.Name),
        DefaultRequestHeaders =
        {
            Authorization = new AuthenticationHeaderValue("Bearer", system.Installation.Token(new("ops") { Subject = "dashboard" })),
        },
    };
}
