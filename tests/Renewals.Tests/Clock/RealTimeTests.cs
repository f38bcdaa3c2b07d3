using System.Security.Cryptography;
using CsPlatform.Backbone;
using CsPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Polly;

namespace CsPlatform.Renewals.Tests.Clock;

/// <summary>Whatever the domain's clock shows, tokens and what runs the machine keep real time.</summary>
[Collection(nameof(RunningClock))]
public sealed class RealTimeTests(RunningClock system)
{
    [Theory]
    [InlineData("2012-03-01")]
    [InlineData("2040-03-01")]
    public async Task A_token_is_valid_in_real_time(string today)
    {
        await system.MoveClockTo(today, runs: false);
        var claims = new TokenClaims(Roles.Ops) { Lifetime = TimeSpan.FromMinutes(5) };
        using var valid = system.Client("renewals", claims);
        using var expired = system.Client("renewals", claims with { Lifetime = TimeSpan.FromMinutes(-5) });

        Assert.Equal(HttpStatusCode.OK, (await valid.GetAsync("/dev/clock")).StatusCode);
        using var refused = await expired.GetAsync("/dev/clock");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains("expired", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_would_take_the_clock_that_is_injected_is_given_the_real_one()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var builder = Hosting.CreateBuilder([
            "--environment=Development", "--Clock:Replay=true", "--ConnectionStrings:renewals=Host=127.0.0.1",
            "--Auth:Issuer=test", $"--Auth:PublicKey={Convert.ToBase64String(key.ExportSubjectPublicKeyInfo())}"]);
        builder.AddBackbone("renewals");
        await using var app = builder.Build();

        Assert.IsType<ReplayClock>(app.Services.GetRequiredService<TimeProvider>());
        Assert.Same(TimeProvider.System, app.Services.GetRequiredService<ResiliencePipelineBuilder>().TimeProvider);
        Assert.Same(TimeProvider.System, app.Services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>()
            .Get(JwtBearerDefaults.AuthenticationScheme).TimeProvider);
    }

    [Fact]
    public void Unless_they_are_given_it_they_take_the_one_that_is_injected()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton<TimeProvider>(new ReplayClock(RenewalsSystem.At("2012-03-01")));
        services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
        services.AddAuthentication().AddJwtBearer();
        using var provider = services.BuildServiceProvider();

        Assert.IsType<ReplayClock>(provider.GetRequiredService<ResiliencePipelineBuilder>().TimeProvider);
        Assert.IsType<ReplayClock>(provider.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>()
            .Get(JwtBearerDefaults.AuthenticationScheme).TimeProvider);
    }
}
