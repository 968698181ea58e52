using System.Collections.Immutable;
using Netpol.Compiler.Bpf;
using Netpol.Compiler.Bpf.Functions;

namespace Netpol.Compiler.Certification;

/// <summary>The functions of an object with what each costs, found once, those first that others call.</summary>
internal sealed class FunctionCosts(Dictionary<string, BpfFunction> functions)
{
    private readonly Dictionary<string, FunctionCost> _known = [];
    private readonly Stack<string> _open = [];

    /// <exception cref="UncertifiedException">It cannot be said.</exception>
    public FunctionCost Of(string name)
    {
        if (!_known.TryGetValue(name, out var cost))
        {
            cost = Find(name);
            _known.Add(name, cost);
        }

        return cost;
    }

    private FunctionCost Find(string name)
    {
        if (!functions.TryGetValue(name, out var function))
        {
            throw new UncertifiedException(name, -1, "it is called and is not in the object");
        }

        if (_open.Contains(name))
        {
            throw new UncertifiedException(name, -1, "it calls itself");
        }

        _open.Push(name);
        var graph = FlowGraph.Of(function);
        var frame = FrameUse.Of(graph);
        ImmutableArray<FunctionCost> callees = [.. function.References
            .Where(reference => function.Instructions[reference.Instruction].Code == Code.CallFunction)
            .Select(reference => reference.Symbol).Where(symbol => !KernelFunctions.Has(symbol)).Distinct(StringComparer.Ordinal).Select(Of)];
        if (callees.FirstOrDefault(callee => callee.Paths.ToTailCalls.Count > 0) is { } leaving)
        {
            throw new UncertifiedException(leaving.Name, -1, "it is called, and hands the packet to another program");
        }

        var paths = FunctionPaths.Of(graph, frame, callee => KernelFunctions.Has(callee) ? 0 : Of(callee).Paths.ToExit);
        _open.Pop();
        return new FunctionCost(graph, frame, paths, callees);
    }
}
