using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Terms;

/// <summary>An atom of a condition, or its opposite.</summary>
internal readonly record struct Literal(Condition Atom, bool IsTrue);
