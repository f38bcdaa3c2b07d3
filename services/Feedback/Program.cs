using CsPlatform.AccountDirectory;
using CsPlatform.Feedback;
using CsPlatform.Feedback.Answers;
using CsPlatform.Feedback.Figures;
using CsPlatform.Feedback.Messaging;

var builder = Hosting.CreateBuilder(args);
builder.AddBackbone("feedback");
builder.Services.AddOpenApi(OpenApi.Configure);
builder.AddAccountDirectory("feedback");
var settings = FiguresSettings.From(builder.Configuration);
builder.Services.AddSingleton(settings);
builder.AddBus("feedback", bus => bus.HearAccountDirectory());
builder.AddEventStore("feedback", EventModel.Configure, FeedbackPublisher.Translate);
builder.AddVoiceFigures(settings);

await using var app = builder.Build();
if (await app.MigrateAsync(args) || await app.RebuildAsync(args))
    return;

app.MapBackbone();
app.MapAnswers();
app.MapFigures();
app.Run();
