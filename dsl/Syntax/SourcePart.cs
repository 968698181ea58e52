using Netpol.Text;

namespace Netpol.Syntax;

/// <summary>
/// Declarations that were parsed from a stretch of a file alone, and where in the file it is. It begins with a line; spans in the unit
/// are from its start.
/// </summary>
/// <param name="File">The whole file.</param>
/// <param name="Start">Where in the file's text it begins.</param>
/// <param name="Line">Lines of the file before it.</param>
public sealed record SourcePart(CompilationUnitSyntax Unit, SourceFile File, int Start, int Line)
{
    /// <summary>A file that was parsed as one.</summary>
    public static SourcePart Whole(CompilationUnitSyntax unit) => new(unit, unit.Source, 0, 0);

    /// <summary>Its own text.</summary>
    public string Text => Unit.Source.Text;
}
