namespace CsPlatform.Contracts.Tests;

/// <summary>
/// What others' tools say of our schemas and our AsyncAPI document: ajv and AsyncAPI's own parser, in Node.js.
/// </summary>
public sealed class ConformanceTests
{
    [Fact]
    public async Task Schemas_goldens_and_AsyncAPI_document_are_conformant()
    {
        var folder = Repository.Path("tests", "Contracts.Tests", "Conformance");
        await Run.NpmPackages(folder);

        Assert.Equal("conformant", (await Run.ToEnd(folder, Run.None, "node", "check.mjs")).Trim());
    }
}
