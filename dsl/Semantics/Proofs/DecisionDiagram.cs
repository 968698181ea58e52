namespace Netpol.Semantics.Proofs;

/// <summary>
/// Reduced ordered binary decision diagrams (Bryant 1986): Boolean functions as shared graphs, so that two functions are
/// equal exactly if their node numbers are. Node 0 is false, 1 is true; every other node tests one variable, and
/// variables come in the order of their numbers on every path.
/// </summary>
internal sealed class DecisionDiagram
{
    public const int False = 0;
    public const int True = 1;

    /// <summary>Node numbers have to fit into 24 bits of a memo key; two million are about 200 MB.</summary>
    private const int MaxNodes = 2_000_000;

    private readonly List<Node> _nodes = [new(int.MaxValue, False, False), new(int.MaxValue, True, True)];
    private readonly Dictionary<(int Variable, int Low, int High), int> _unique = [];
    private readonly Dictionary<ulong, int> _memo = [];

    private enum Operation
    {
        And,
        Or,
        Xor,
    }

    public int VariableCount { get; private set; }

    public int NewVariable() => VariableCount++;

    public int Variable(int variable) => Make(variable, False, True);

    public int And(int left, int right) => Apply(Operation.And, left, right);

    public int Or(int left, int right) => Apply(Operation.Or, left, right);

    public int Not(int function) => Apply(Operation.Xor, function, True);

    public int Same(int left, int right) => Not(Apply(Operation.Xor, left, right));

    public int Implies(int condition, int consequence) => Or(Not(condition), consequence);

    public int And(params ReadOnlySpan<int> functions)
    {
        var result = True;
        foreach (var function in functions)
        {
            result = And(result, function);
        }

        return result;
    }

    public int Or(params ReadOnlySpan<int> functions)
    {
        var result = False;
        foreach (var function in functions)
        {
            result = Or(result, function);
        }

        return result;
    }

    /// <summary>One assignment that makes a function true: false wherever false will do. Not for <see cref="False"/>.</summary>
    public bool[] Solve(int function)
    {
        var assignment = new bool[VariableCount];
        while (function != True)
        {
            var node = _nodes[function];
            assignment[node.Variable] = node.Low == False;
            function = node.Low == False ? node.High : node.Low;
        }

        return assignment;
    }

    private int Apply(Operation operation, int left, int right)
    {
        if (Terminal(operation, left, right) is { } known)
        {
            return known;
        }

        // All three operations commute.
        var (smaller, larger) = left < right ? (left, right) : (right, left);
        var key = (ulong)operation << 48 | (ulong)smaller << 24 | (uint)larger;
        if (_memo.TryGetValue(key, out var memoised))
        {
            return memoised;
        }

        var (first, second) = (_nodes[smaller], _nodes[larger]);
        var variable = Math.Min(first.Variable, second.Variable);
        var low = Apply(operation, Branch(first, smaller, variable).Low, Branch(second, larger, variable).Low);
        var high = Apply(operation, Branch(first, smaller, variable).High, Branch(second, larger, variable).High);
        return _memo[key] = Make(variable, low, high);
    }

    private static (int Low, int High) Branch(Node node, int number, int variable) =>
        node.Variable == variable ? (node.Low, node.High) : (number, number);

    private static int? Terminal(Operation operation, int left, int right) => operation switch
    {
        Operation.And when left == False || right == False => False,
        Operation.And when left == True || left == right => right,
        Operation.And when right == True => left,
        Operation.Or when left == True || right == True => True,
        Operation.Or when left == False || left == right => right,
        Operation.Or when right == False => left,
        Operation.Xor when left == right => False,
        Operation.Xor when left == False => right,
        Operation.Xor when right == False => left,
        _ => null,
    };

    private int Make(int variable, int low, int high)
    {
        if (low == high)
        {
            return low;
        }

        if (_unique.TryGetValue((variable, low, high), out var existing))
        {
            return existing;
        }

        if (_nodes.Count == MaxNodes)
        {
            throw new ProofTooLargeException();
        }

        _nodes.Add(new(variable, low, high));
        return _unique[(variable, low, high)] = _nodes.Count - 1;
    }

    private readonly record struct Node(int Variable, int Low, int High);
}

/// <summary>A diagram would outgrow its memory; the prover turns it into an outcome.</summary>
internal sealed class ProofTooLargeException : Exception;
