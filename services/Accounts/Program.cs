using CsPlatform.Accounts;
using CsPlatform.Accounts.Import;
using CsPlatform.Accounts.Lifecycle;
using CsPlatform.Accounts.Messaging;
using CsPlatform.Accounts.Milestones;
using CsPlatform.Accounts.Table;
using CsPlatform.Accounts.Timeline;
using CsPlatform.ServiceDefaults;

var builder = Hosting.CreateBuilder(args);
builder.AddServiceDefaults("accounts");
builder.Services.AddOpenApi(OpenApi.Configure);
builder.AddBus("accounts", x => x.AddConsumer<MilestoneConsumer>((_, c) => MilestoneConsumer.OneAtATime(c)));
builder.AddEventStore("accounts", Store.Configure, AccountsPublisher.Translate);

await using var app = builder.Build();
if (await app.MigrateAsync(args, Store.Rights) || await app.RebuildAsync(args))
    return;

app.MapServiceDefaults();
app.MapRegisterAccount();
app.MapCorrectDetails();
app.MapLinkExternalKey();
app.MapAssignCsm();
app.MapEnterStage();
app.MapImportAccounts();
app.MapListAccounts();
app.MapGetAccount();
app.MapGetTimeline();
await app.RunAsync();
