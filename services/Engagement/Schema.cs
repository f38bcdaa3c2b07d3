namespace CsPlatform.Engagement;

/// <summary>The service's own tables, beside those of the event store.</summary>
internal static class Schema
{
    public static string Sql
    {
        get
        {
            using var reader = new StreamReader(typeof(Schema).Assembly.GetManifestResourceStream("Schema.sql")!);
            return reader.ReadToEnd();
        }
    }
}
