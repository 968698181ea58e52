namespace Netpol.Model;

/// <summary>
/// The place in a source file that made a thing. It travels from syntax to the loaded program, so that a verdict, a
/// counter or a verifier error can be shown under the line that caused it.
/// </summary>
/// <param name="File">Path from the build root, with forward slashes; compared ordinally.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column in code points, from 1.</param>
/// <param name="Text">The source line's text of the statement, without indentation; for comments in generated code.</param>
public sealed record Origin(string File, int Line, int Column, string Text) : IComparable<Origin>
{
    /// <summary>The deciding rule is the first by file, line, column (language.md, "The deciding rule").</summary>
    public int CompareTo(Origin? other)
    {
        if (other is null)
        {
            return 1;
        }

        var byFile = string.CompareOrdinal(File, other.File);
        return byFile != 0 ? byFile
            : Line != other.Line ? Line.CompareTo(other.Line)
            : Column.CompareTo(other.Column);
    }

    /// <summary><c>file:line:col</c>, the spelling every engine and every event uses for a rule.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}";
}
