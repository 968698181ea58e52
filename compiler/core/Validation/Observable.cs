namespace Netpol.Compiler.Validation;

/// <summary>What a function can find out of its input, or of those it calls.</summary>
internal readonly record struct Observable(ObservableKind Kind, int Index)
{
    /// <summary>It is looked at bit by bit, not as a number.</summary>
    public bool IsBits => Kind != ObservableKind.Field;
}
