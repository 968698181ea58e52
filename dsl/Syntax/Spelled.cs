using Netpol.Text;

namespace Netpol.Syntax;

/// <summary>A value and the place it was spelled, so that an error can underline exactly that.</summary>
public readonly record struct Spelled<T>(T Value, TextSpan Span)
{
    /// <summary>For trees that are built, not parsed.</summary>
    public static implicit operator Spelled<T>(T value) => new(value, default);

    public override string ToString() => Value?.ToString() ?? "";
}
