using Netpol.Compiler.Ir;

namespace Netpol.Compiler.Passes;

/// <summary>A rewrite of the decisions that keeps the verdict of every packet: action, rule id and log.</summary>
public interface IPass
{
    /// <summary>The deed, in words with dashes.</summary>
    string Name { get; }

    DecisionProgram Run(DecisionProgram program);
}
