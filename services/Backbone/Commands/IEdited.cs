namespace CsPlatform.Backbone;

/// <summary>
/// An aggregate to whose stream others add what is not edited. Its ETag counts the edits alone, so that nobody is
/// refused with 412 for what they did not touch.
/// </summary>
public interface IEdited
{
    /// <summary>Edits so far, its beginning among them: every event that a command decides is one.</summary>
    long Edition { get; }
}
