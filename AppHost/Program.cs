// The whole system on one page. Two modes:
//   containers (default)  PostgreSQL and RabbitMQ as containers with volumes, one database and three roles per service;
//   Servers=given         servers that exist: ConnectionStrings__<service>-db, ConnectionStrings__<service>-db-owner and
//                         ConnectionStrings__rabbitmq of this program name them.
// Tokens: Auth__Authority names an OpenID Connect issuer; without it Auth__Issuer and Auth__PublicKey do, and the
// dashboard asks for them where they are missing. Auth__Audience is csplatform unless set.
// For development: all programs share one user of the broker, where ./cs gives each its own with its own permissions.
var builder = DistributedApplication.CreateBuilder(args);
var given = builder.Configuration["Servers"] == "given";

var postgres = given ? null : builder.AddPostgres("postgres").WithDataVolume("csplatform-postgres").WithInitFiles("postgres")
    .WithArgs("-c", "log_error_verbosity=terse"); // the detail of an error repeats the row
IResourceBuilder<IResourceWithConnectionString> rabbitmq = given
    ? builder.AddConnectionString("rabbitmq")
    : builder.AddRabbitMQ("rabbitmq").WithDataVolume("csplatform-rabbitmq").WithManagementPlugin()
        // As deploy/local sets them: see max_message_size and frame_max in README.md.
        .WithEnvironment("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-rabbit max_message_size 16777216 -rabbit frame_max 32768");

var authority = builder.Configuration["Auth:Authority"];
var issuer = authority is null ? builder.AddParameterFromConfiguration("auth-issuer", "Auth:Issuer") : null;
var publicKey = authority is null ? builder.AddParameterFromConfiguration("auth-public-key", "Auth:PublicKey") : null;

AddService<Projects.Accounts>("accounts");
AddService<Projects.Engagement>("engagement")
    .WithEnvironment("Publishers__guest__0", "app"); // the CloudEvents sources that the broker's user guest may send
AddService<Projects.Health>("health");
AddService<Projects.Feedback>("feedback");
AddService<Projects.Renewals>("renewals");

builder.Build().Run();

// A service starts when its database is at its schema and the broker answers. Its owner's role is given to its migration
// only; the service itself runs as a role that changes no schema.
IResourceBuilder<ProjectResource> AddService<TProject>(string name) where TProject : IProjectMetadata, new()
{
    var database = Database(name, $"{name}-db", role: name);
    var owned = Database(name, $"{name}-db-owner", role: $"{name}_owner");
    var ready = postgres?.AddDatabase($"{name}-database", databaseName: name);

    var migrate = WithSettings(builder.AddProject<TProject>($"{name}-migrate", launchProfileName: null), name, database)
        .WithReference(owned, connectionName: $"{name}-owner")
        .WithArgs("migrate");
    if (ready is not null)
        migrate.WaitFor(ready);

    return WithSettings(builder.AddProject<TProject>(name, launchProfileName: null), name, database)
        .WithEndpoint("http", endpoint => endpoint.UriScheme = "http")
        .WithHttpHealthCheck("/health", endpointName: "http")
        .WithExternalHttpEndpoints()
        .WaitForCompletion(migrate)
        .WaitFor(rabbitmq);
}

// One role's way into one database; postgres/roles.sh makes both at the volume's first start.
IResourceBuilder<IResourceWithConnectionString> Database(string database, string name, string role)
{
    if (postgres is null)
        return builder.AddConnectionString(name);

    var password = builder.AddParameter(
        $"{name}-password", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true);
    postgres.WithEnvironment($"PASSWORD_{role}", password);
    var server = postgres.Resource.PrimaryEndpoint;
    return builder.AddConnectionString(name, ReferenceExpression.Create(
        $"Host={server.Property(EndpointProperty.Host)};Port={server.Property(EndpointProperty.Port)};Username={role};Password={password};Database={database};Maximum Pool Size=40"));
}

IResourceBuilder<ProjectResource> WithSettings(
    IResourceBuilder<ProjectResource> project, string service, IResourceBuilder<IResourceWithConnectionString> database)
{
    project
        .WithReference(database, connectionName: service)
        .WithReference(rabbitmq, connectionName: "rabbitmq")
        .WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName)
        .WithEnvironment("Auth__Audience", builder.Configuration["Auth:Audience"] ?? "csplatform");
    return authority is not null
        ? project.WithEnvironment("Auth__Authority", authority)
        : project.WithEnvironment("Auth__Issuer", issuer!).WithEnvironment("Auth__PublicKey", publicKey!);
}
