using CsPlatform.Engagement;
using CsPlatform.Engagement.DailyUse;
using CsPlatform.Engagement.Intake;
using CsPlatform.Engagement.Messaging;
using CsPlatform.Engagement.Parking;
using CsPlatform.Engagement.SubjectKeys;

var builder = Hosting.CreateBuilder(args);
builder.AddBackbone("engagement");
builder.Services.AddOpenApi(OpenApi.Configure);
builder.AddBus("engagement", bus => bus.HearSubjectKeys());
builder.AddEventStore("engagement", EventModel.Configure, EngagementPublisher.Translate);
builder.AddIntake();
builder.AddUseFigures();

await using var app = builder.Build();
if (await app.MigrateAsync(args) || await app.RebuildAsync(args))
    return;

app.MapBackbone();
app.MapIntake();
app.MapDailyUse();
app.MapParking();
app.Run();
