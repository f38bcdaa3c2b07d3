using CsPlatform.Accounts;
using CsPlatform.Accounts.Figures;
using CsPlatform.Accounts.Import;
using CsPlatform.Accounts.Life;
using CsPlatform.Accounts.Lifecycle;
using CsPlatform.Accounts.Messaging;
using CsPlatform.Accounts.Milestones;
using CsPlatform.Accounts.Table;
using CsPlatform.Accounts.Timeline;

var builder = Hosting.CreateBuilder(args);
builder.AddBackbone("accounts");
builder.Services.AddOpenApi(OpenApi.Configure);
builder.Services.AddSingleton(new KnownFaults(LinkedKeys.Read));
builder.Services.AddCommands(AccountCommands.BookOf);
builder.Services.AddScoped<AccountCommands>();
builder.AddBus("accounts", bus =>
{
    bus.HearMilestones();
    bus.HearFigures();
});
builder.Services.AddSingleton<FigureTable>();
builder.AddEventStore("accounts", EventModel.Configure, AccountsPublisher.Translate);

await using var app = builder.Build();
if (await app.MigrateAsync(args) || await app.RebuildAsync(args))
    return;

app.MapBackbone();
app.MapLifecycle();
app.MapImport();
app.MapTable();
app.MapTimeline();
await app.RunAsync();
