using Netpol.Bundle.Verdicts;

namespace Netpol.Compiler.Terms;

/// <summary>The rules as terms, or why they cannot be.</summary>
/// <param name="Terms">Null: the verdicts must be code.</param>
/// <param name="Reason">A sentence with the rule's place where <paramref name="Terms"/> is null; else empty.</param>
public sealed record TermResult(VerdictTerms? Terms, string Reason);
