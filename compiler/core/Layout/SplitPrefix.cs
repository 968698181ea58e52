using Netpol.Model;

namespace Netpol.Compiler.Layout;

/// <summary>One entry of the prefix tables: the sets that hold an address whose longest match it is.</summary>
public sealed record SplitPrefix(Prefix Prefix, BitSet Members);
