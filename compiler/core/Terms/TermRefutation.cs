using Netpol.Model;

namespace Netpol.Compiler.Terms;

/// <summary>Why terms are not to be trusted.</summary>
/// <param name="Rule">Whose terms they are.</param>
/// <param name="Packet">A packet about which terms and rule differ; null: there were too many to try.</param>
public sealed record TermRefutation(Origin Rule, string? Packet);
