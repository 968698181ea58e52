using Netpol.Model;

namespace Netpol.Compiler.Lowering;

/// <summary>A normalised set, spelled when somebody asks: spellings of groups are long and are asked for by every rule.</summary>
internal sealed class NormalForm(AddressSet set)
{
    private string? _spelling;

    public AddressSet Set => set;

    /// <summary>Two normalised sets are one if these are equal.</summary>
    public string Spelling => _spelling ??= SetSpelling.Of(set);

    public bool IsAny => set is AddressSet.Any;

    public bool IsNobody => set is AddressSet.Union { Parts: [] };
}
