using CsPlatform.Examples;

var run = args.FirstOrDefault() switch
{
    "publish-http" => PublishHttp.Run(),
    "publish-amqp" => PublishAmqp.Run(),
    "subscribe" => Subscribe.Run(),
    _ => throw new ArgumentException("Say publish-http, publish-amqp or subscribe."),
};
await run;
