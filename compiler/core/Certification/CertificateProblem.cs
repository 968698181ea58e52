using System.Collections.Immutable;
using Netpol.Compiler.Bpf.Functions;

namespace Netpol.Compiler.Certification;

/// <summary>Why there is no certificate.</summary>
/// <param name="Positions">The source lines that it is of, first the one that most is of. Those of the datapath library are among them.</param>
public abstract record CertificateProblem(string Program, ImmutableArray<SourcePosition> Positions)
{
    /// <summary>It takes more than a kernel gives.</summary>
    /// <param name="What">Plural, after a number: <c>bytes of stack</c>.</param>
    public sealed record OverLimit(string Program, ImmutableArray<SourcePosition> Positions, long Amount, string What, long Limit) : CertificateProblem(Program, Positions);

    /// <summary>It cannot be said what it takes.</summary>
    /// <param name="Reason">A sentence without its end.</param>
    public sealed record Unknown(string Program, ImmutableArray<SourcePosition> Positions, string Reason) : CertificateProblem(Program, Positions);
}
