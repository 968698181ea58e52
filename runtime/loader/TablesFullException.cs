namespace Netpol.Loader;

/// <summary>The tables of the generation in charge have no room for what came up on the node; a new generation makes room.</summary>
public sealed class TablesFullException(string message) : LoaderException(message + "; load the bundle again");
