namespace Netpol.Text;

/// <summary>A stretch of a source text, counted in UTF-16 units (`char`s) from its start.</summary>
public readonly record struct TextSpan(int Start, int Length)
{
    public int End => Start + Length;

    public static TextSpan FromBounds(int start, int end) => new(start, end - start);

    /// <summary>The smallest span that holds both.</summary>
    public TextSpan To(TextSpan last) => FromBounds(Math.Min(Start, last.Start), Math.Max(End, last.End));

    public override string ToString() => $"{Start}..{End}";
}
