using Microsoft.Playwright;

namespace CsPlatform.AppHost.Tests;

/// <summary>The dashboard in a browser, as ops open it. Keeps the pictures of README where CSP_PICTURES says.</summary>
[Collection(nameof(HostedSystemFixture))]
public sealed class BrowserTests(HostedSystemFixture system)
{
    private static string Folder => Environment.GetEnvironmentVariable("CSP_PICTURES") is { Length: > 0 } folder
        ? folder : Path.Combine(SystemFixture.StateRoot, "pictures");

    [Fact]
    public async Task Every_resource_is_running_and_the_trace_of_an_alert_can_be_read()
    {
        var (_, trace) = await system.Journey;
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = "/usr/bin/chromium",
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
                "--no-first-run",
            ],
        });
        var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1500, Height = 860 } });
        await page.GotoAsync(HostProcess.DashboardLink(system.State));
        foreach (var name in (string[])[.. PlatformOptions.AllServices, "postgres", "rabbitmq"])
            await Row(page, name).GetByText("Running", new() { Exact = true }).First
                .WaitForAsync(new() { Timeout = 60_000 });
        await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, "resources.png") });

        await page.GotoAsync($"{HostProcess.Dashboard(system.State)}/traces/detail/{trace}");
        await page.GetByText("hear AccountDaysChanged").First.WaitForAsync(new() { Timeout = 60_000 });
        await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, "trace.png") });
    }

    private static ILocator Row(IPage page, string name) =>
        page.Locator("tr").Filter(new() { Has = page.GetByText(name, new() { Exact = true }) });
}
