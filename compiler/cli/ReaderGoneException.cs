namespace Netpol.Cli;

/// <summary>Whoever read our output has what they wanted, as <c>head -1</c> does: no failure of anybody's.</summary>
internal sealed class ReaderGoneException() : IOException("nobody reads the output any more");
