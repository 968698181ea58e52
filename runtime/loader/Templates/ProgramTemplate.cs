using System.Collections.Immutable;

namespace Netpol.Loader.Templates;

/// <summary>
/// One program as libbpf handed it to the kernel, but with maps by name: what it takes to load it again for another container
/// without opening the object, its ELF sections or any BTF.
/// </summary>
/// <param name="Instructions">8 bytes each, relocated; descriptors of maps are zero.</param>
/// <param name="FunctionInfo">Records of <paramref name="FunctionInfoSize"/> bytes, as in <c>.BTF.ext</c>, offsets in instructions.</param>
/// <param name="LineInfo">Records of <paramref name="LineInfoSize"/> bytes; what lets the verifier name source lines.</param>
internal sealed record ProgramTemplate(
    string Name,
    byte[] Instructions,
    ImmutableArray<MapReference> Maps,
    byte[] FunctionInfo,
    int FunctionInfoSize,
    byte[] LineInfo,
    int LineInfoSize);

/// <param name="Instruction">Index of the first half of a 16-byte load whose immediate is the map's descriptor.</param>
internal readonly record struct MapReference(int Instruction, string Map);

/// <param name="BtfId">The kernel's id of the object's BTF; it lives as long as any program of the object does.</param>
internal sealed record TemplateSet(uint BtfId, ImmutableArray<ProgramTemplate> Programs)
{
    internal const string FromStub = "from_endpoint_stub";

    internal const string ToStub = "to_endpoint_stub";

    internal TemplateSet Stubs => this with { Programs = [this[FromStub], this[ToStub]] };

    internal ProgramTemplate this[string name] =>
        Programs.FirstOrDefault(program => program.Name == name) ??
        throw new LoaderException($"the bundle's object has no program `{name}`; build the bundle again");
}
