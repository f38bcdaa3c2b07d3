using CsPlatform.AccountDirectory;
using CsPlatform.Health;
using CsPlatform.Health.Alerts;
using CsPlatform.Health.Assessing;
using CsPlatform.Health.Evidence;
using CsPlatform.Health.Messaging;
using CsPlatform.Health.Models;
using CsPlatform.Health.Scores;

var builder = Hosting.CreateBuilder(args);
builder.AddBackbone("health");
builder.Services.AddOpenApi(OpenApi.Configure);
builder.AddBus("health", bus => bus.HearFacts(), new() { Concurrency = 200, AccountsAtOnce = 16 });
builder.Services.AddSingleton<AccountDaysIntake>();
builder.Services.AddSingleton<DirectoryIntake>();
builder.AddAccountDirectory("health");
builder.AddEventStore("health", EventModel.Configure, HealthPublisher.Translate, HealthPublisher.AccountOf);
builder.Services.AddSingleton<DefaultModelSeed>();
builder.Services.AddHostedService(services => services.GetRequiredService<DefaultModelSeed>());
builder.Services.AddSingleton<Assessor>();
builder.Services.AddSingleton<HealthSweep>();
builder.Services.AddHealthGauges();
builder.AddHealthFigures();
builder.AddScheduledJob<EndSnoozesJob>("health", TimeSpan.FromMinutes(1));
builder.AddScheduledJob<SweepJob>(
    "health", TimeSpan.FromMinutes(builder.Configuration.Number("Sweep:EveryMinutes", 60, min: 1, max: 1_440)));

await using var app = builder.Build();
if (await app.MigrateAsync(args) || await app.RebuildAsync(args))
    return;

app.MapBackbone();
app.MapScores();
app.MapEvidence();
app.MapAlerts();
app.MapModels();
app.MapSweeps();
await app.RunAsync();
