using CsPlatform.AccountDirectory;
using CsPlatform.Renewals;
using CsPlatform.Renewals.Contracts;
using CsPlatform.Renewals.Figures;
using CsPlatform.Renewals.Messaging;
using CsPlatform.Renewals.Pipeline;
using CsPlatform.Renewals.Signing;

var builder = Hosting.CreateBuilder(args);
builder.AddBackbone("renewals");
builder.Services.AddOpenApi(OpenApi.Configure);
var settings = RenewalSettings.From(builder.Configuration);
builder.Services.AddSingleton(settings);
builder.AddAccountDirectory("renewals");
builder.Services.AddScoped<ContractCommands>();
builder.Services.AddScoped<RenewalSweep>();
builder.AddBus("renewals", bus => bus.HearAccountDirectory());
builder.AddEventStore("renewals", EventModel.Configure, RenewalsPublisher.Translate);
builder.AddContractFigures();
builder.AddScheduledJob<RenewalSweepJob>("renewals", settings.SweepInterval);

await using var app = builder.Build();
if (await app.MigrateAsync(args) || await app.RebuildAsync(args))
    return;

app.MapBackbone();
app.MapContracts();
app.MapSigning();
app.MapPipeline();
app.Run();
