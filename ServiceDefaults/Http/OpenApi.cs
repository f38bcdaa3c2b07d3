using System.Globalization;
using System.Text.Json.Nodes;
using CsPlatform.Contracts;
using CsPlatform.Contracts.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace CsPlatform.ServiceDefaults;

/// <summary>A header that a route reads.</summary>
/// <param name="Name">The header.</param>
/// <param name="Description">What it is for.</param>
public sealed record RequestHeader(string Name, string Description);

/// <summary>What every OpenAPI document says: bearer tokens, what a route needs, problem details.</summary>
public static class OpenApi
{
    /// <summary>
    /// Pass it to <c>AddOpenApi</c> in Program.cs; called there and not here, so that the generator of the framework
    /// finds the docstrings of the service.
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
            document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
            document.Components.Schemas[ProblemSchema] = Problem;
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer(Describe);
        options.AddOperationTransformer((operation, context, _) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            if (metadata.OfType<IAllowAnonymous>().Any())
                return Task.CompletedTask;

            operation.Security = [new() { [new OpenApiSecuritySchemeReference("bearer", context.Document)] = [] }];
            if (metadata.OfType<RequiredPermission>().LastOrDefault() is { } permission)
                Require(operation, permission.Name);
            foreach (var header in metadata.OfType<RequestHeader>())
                (operation.Parameters ??= []).Add(new OpenApiParameter
                {
                    Name = header.Name,
                    In = ParameterLocation.Header,
                    Description = header.Description,
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                });
            if (metadata.OfType<Limit>().LastOrDefault() is { } limit)
                Bound(operation, limit);
            operation.Responses ??= [];
            foreach (var (status, text) in ProblemsOf(operation))
                operation.Responses.TryAdd(status, new OpenApiResponse { Description = text });
            foreach (var (_, response) in operation.Responses.Where(r => r.Key[0] is '4' or '5'))
                if (response is OpenApiResponse problem)
                    problem.Content = new Dictionary<string, OpenApiMediaType>
                    {
                        ["application/problem+json"] = new()
                        {
                            Schema = new OpenApiSchemaReference(ProblemSchema, context.Document),
                        },
                    };
            return Task.CompletedTask;
        });
    }

    /// <summary>Types with a converter of our own have no schema unless it is told.</summary>
    private static Task Describe(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo.Type == typeof(string))
            schema.Type = JsonSchemaType.String | ((schema.Type ?? 0) & JsonSchemaType.Null);
        if (context.JsonTypeInfo.Type == typeof(Money))
        {
            schema.Type = JsonSchemaType.Object;
            schema.Required = new HashSet<string> { "amount", "currency" };
            schema.Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["amount"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Description = "Exact decimal; a number is read too.",
                    Examples = ["1200.00"],
                },
                ["currency"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Pattern = "^[A-Z]{3}$",
                    Description = "ISO 4217",
                },
            };
        }
        return Task.CompletedTask;
    }

    private static void Require(OpenApiOperation operation, string permission)
    {
        var roles = Permissions.RolesWith(permission).Select(role =>
            Permissions.Of([role])[permission] == Reach.Book ? $"{role} (own book)" : role);
        operation.Description =
            $"{operation.Description}\n\nNeeds {permission}: {string.Join(", ", roles)}.".Trim();
        operation.Extensions ??= new Dictionary<string, IOpenApiExtension>();
        operation.Extensions["x-permissions"] = new JsonNodeExtension(new JsonArray(permission));
    }

    private static void Bound(OpenApiOperation operation, Limit limit)
    {
        foreach (var parameter in operation.Parameters!.OfType<OpenApiParameter>()
            .Where(p => p.Name!.Equals("limit", StringComparison.OrdinalIgnoreCase)))
            parameter.Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.Integer,
                Minimum = "1",
                Maximum = limit.Max.ToString(CultureInfo.InvariantCulture),
                Default = limit.UnlessAsked,
            };
    }

    private const string ProblemSchema = "Problem";

    private static OpenApiSchema Problem => new()
    {
        Type = JsonSchemaType.Object,
        Description = "Problem details (RFC 9457).",
        Required = new HashSet<string> { "type", "title", "status", "code", "traceId" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = Text("urn:csplatform:problem: and the code"),
            ["title"] = Text("The kind of problem"),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
            ["detail"] = Text("What is wrong and what to do"),
            ["code"] = Text("Stable; contracts/README.md lists them"),
            ["traceId"] = Text("To be found in traces and logs"),
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "Reasons by member",
                AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = Text("A reason") },
            },
        },
    };

    private static OpenApiSchema Text(string description) =>
        new() { Type = JsonSchemaType.String, Description = description };

    /// <summary>What may happen on any route like this one, beside what the route itself says.</summary>
    private static IEnumerable<(string Status, string Text)> ProblemsOf(OpenApiOperation operation)
    {
        yield return ("400", "Not valid: the members and reasons are in errors");
        yield return ("401", "No valid token");
        yield return ("403", "The token's role may not do this");
        if (operation.Parameters?.Any(p => p.In == ParameterLocation.Path) == true)
            yield return ("404", "There is none of this id");
        if (operation.RequestBody is not null)
        {
            yield return ("413", "The body is too large");
            yield return ("415", "Not a media type, charset or encoding that is taken");
        }

        yield return ("429", "Too many requests: see Retry-After");
        yield return ("503", "Not available now: see Retry-After");
    }
}
