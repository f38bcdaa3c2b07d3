namespace CsPlatform.Local;

/// <summary>Something on this machine is not as it must be. The message tells the user what, and what to do.</summary>
public sealed class LocalException(string message, Exception? inner = null) : Exception(message, inner);
