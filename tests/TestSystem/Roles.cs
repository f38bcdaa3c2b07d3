namespace CsPlatform.TestSystem;

/// <summary>The roles a token may carry.</summary>
public static class Roles
{
    public const string Viewer = "viewer", Csm = "csm", Lead = "lead", Admin = "admin",
        Publisher = "publisher", Collector = "collector", Subscriber = "subscriber", Ops = "ops";
}
