namespace Netpol.Text;

/// <summary>A place as people count: line and column from 1, columns in Unicode code points.</summary>
public readonly record struct LinePosition(int Line, int Column)
{
    public override string ToString() => $"{Line}:{Column}";
}
