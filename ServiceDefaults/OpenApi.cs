using CsPlatform.Contracts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace CsPlatform.ServiceDefaults;

/// <summary>What every OpenAPI document says: bearer tokens, the roles of a route, problem details.</summary>
public static class OpenApi
{
    /// <summary>
    /// Pass it to <c>AddOpenApi</c> in Program.cs; called there and not here, so that the generator of the framework finds
    /// the docstrings of the service.
    /// </summary>
    /// <param name="options">The document's options.</param>
    public static void Configure(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, context, _) =>
        {
            document.Components ??= new();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes["bearer"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "A signed token with a role claim; locally: ./cs token ROLE",
            };
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer(Describe);
        options.AddOperationTransformer((operation, context, _) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            if (metadata.OfType<IAllowAnonymous>().Any())
                return Task.CompletedTask;

            operation.Security = [new() { [new OpenApiSecuritySchemeReference("bearer", context.Document)] = [] }];
            var roles = metadata.OfType<AuthorizeAttribute>().Select(a => a.Roles).Where(r => r is not null).LastOrDefault();
            if (roles is not null)
                operation.Description = $"{operation.Description}\n\nRoles: {roles.Replace(",", ", ", StringComparison.Ordinal)}.".Trim();
            operation.Responses ??= [];
            foreach (var (status, text) in Problems)
                operation.Responses.TryAdd(status, new OpenApiResponse { Description = $"{text} (problem details)" });
            return Task.CompletedTask;
        });
    }

    /// <summary>Types with a converter of our own have no schema unless it is told.</summary>
    private static Task Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo.Type == typeof(string))
            schema.Type = JsonSchemaType.String | ((schema.Type ?? 0) & JsonSchemaType.Null);
        if (context.JsonTypeInfo.Type == typeof(Money))
        {
            schema.Type = JsonSchemaType.Object;
            schema.Required = new HashSet<string> { "amount", "currency" };
            schema.Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["amount"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Exact decimal; a number is read too.", Examples = ["1200.00"] },
                ["currency"] = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[A-Z]{3}$", Description = "ISO 4217" },
            };
        }
        return Task.CompletedTask;
    }

    private static readonly (string Status, string Text)[] Problems =
    [
        ("400", "Not valid: the members and reasons are in errors"),
        ("401", "No valid token"),
        ("403", "The token's role may not do this"),
        ("429", "Too many requests: see Retry-After"),
        ("503", "Not available now: see Retry-After"),
    ];
}
