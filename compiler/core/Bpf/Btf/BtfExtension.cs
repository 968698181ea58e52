using System.Collections.Immutable;

namespace Netpol.Compiler.Bpf.Btf;

/// <summary>What <c>.BTF.ext</c> says of the code of one object: which function and which line an instruction belongs to.</summary>
public sealed record BtfExtension(ImmutableArray<BtfFunctionRecord> Functions, ImmutableArray<BtfLineRecord> Lines);
