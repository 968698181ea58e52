using Netpol.Parsing;
using Netpol.Syntax;
using Netpol.Text;

namespace Netpol.Lsp.Workspace;

/// <summary>A file of a build.</summary>
/// <param name="FullPath">On the disk.</param>
internal sealed record BuildFile(string FullPath, PartedFile Parsed)
{
    public SourceFile Source => Parsed.Source;

    /// <summary>The part that holds an offset; of two that meet there the second.</summary>
    public SourcePart? PartAt(int offset)
    {
        var (low, high) = (0, Parsed.Parts.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = Parsed.Parts[middle].Start <= offset ? (middle, high) : (low, middle - 1);
        }

        return Parsed.Parts.IsEmpty ? null : Parsed.Parts[low];
    }
}
