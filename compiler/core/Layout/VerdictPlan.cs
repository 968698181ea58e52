using Netpol.Bundle.Verdicts;

namespace Netpol.Compiler.Layout;

/// <summary>How verdicts are taken.</summary>
/// <param name="Terms">What the loader makes tables of; null: by generated code.</param>
/// <param name="Reason">Why it is code; empty for tables.</param>
public sealed record VerdictPlan(VerdictTerms? Terms, string Reason)
{
    public bool AreTables => Terms is not null;
}
