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

    /// <summary>Node numbers have to fit into 30 bits of a memo key; six million are about 200 MB.</summary>
    private const int MaxNodes = 6_000_000;

    private const int LargestMemo = 1 << 21;

    private Node[] _nodes = new Node[1 << 10];
    private int _count = 2;

    // Open addressing, half full at most; 0 is a free place, since no node is ever equal to a terminal.
    private int[] _unique = new int[1 << 11];

    // What was worked out lately: an answer that was overwritten is worked out again.
    private Answer[] _memo = new Answer[1 << 12];

    public DecisionDiagram()
    {
        _nodes[False] = new(int.MaxValue, False, False);
        _nodes[True] = new(int.MaxValue, True, True);
    }

    private enum Operation
    {
        And = 1,
        Or,
        Xor,
    }

    public int VariableCount { get; private set; }

    public int NewVariable() => VariableCount++;

    public int Variable(int variable) => Make(variable, False, True);

    public int And(int left, int right) => Apply(Operation.And, left, right);

    public int Or(int left, int right) => Apply(Operation.Or, left, right);

    public int Not(int function) => Apply(Operation.Xor, function, True);

    /// <summary><paramref name="left"/> and not <paramref name="right"/>.</summary>
    public int Minus(int left, int right) => Xor(left, And(left, right));

    public int Xor(int left, int right) => Apply(Operation.Xor, left, right);

    public int Same(int left, int right) => Not(Xor(left, right));

    public int Implies(int condition, int consequence) => Or(Not(condition), consequence);

    /// <summary>Is the one true wherever the other is?</summary>
    public bool IsWithin(int inner, int outer) => And(inner, outer) == inner;

    public bool Meet(int left, int right) => And(left, right) != False;

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

    /// <summary>Is the function true of an assignment?</summary>
    public bool Holds(int function, bool[] assignment)
    {
        while (function > True)
        {
            ref var node = ref _nodes[function];
            function = assignment[node.Variable] ? node.High : node.Low;
        }

        return function == True;
    }

    /// <summary>What is left of a function where a variable has a value; the variable is not behind others in it.</summary>
    public int Cofactor(int function, int variable, bool value) =>
        _nodes[function].Variable != variable ? function : value ? _nodes[function].High : _nodes[function].Low;

    /// <summary>Does a function ask a variable from one to another first of all?</summary>
    public bool Asks(int function, int first, int last) => _nodes[function].Variable >= first && _nodes[function].Variable <= last;

    /// <summary>
    /// A function taken apart before a variable: what is asked from there on, each with the assignments of the variables before that
    /// lead to it. <see cref="False"/> is left out.
    /// </summary>
    public IReadOnlyDictionary<int, int> Cut(int function, int variable) => Cut(function, variable, []);

    /// <summary>The function with variables renamed; the new ones are in the same order.</summary>
    public int Rename(int function, IReadOnlyDictionary<int, int> variables) => Rename(function, variables, []);

    /// <summary>Is there a value of the variables for which the function is true, for each assignment of the others?</summary>
    public int Exists(int function, int first, int end) => Exists(function, first, end, []);

    private int Exists(int function, int first, int end, Dictionary<int, int> known)
    {
        var node = _nodes[function];
        if (node.Variable >= end)
        {
            return function;
        }

        if (!known.TryGetValue(function, out var result))
        {
            var (low, high) = (Exists(node.Low, first, end, known), Exists(node.High, first, end, known));
            known[function] = result = node.Variable >= first ? Or(low, high) : Make(node.Variable, low, high);
        }

        return result;
    }

    private int Rename(int function, IReadOnlyDictionary<int, int> variables, Dictionary<int, int> known)
    {
        if (function is False or True)
        {
            return function;
        }

        if (!known.TryGetValue(function, out var result))
        {
            var node = _nodes[function];
            known[function] = result = Make(
                variables.GetValueOrDefault(node.Variable, node.Variable), Rename(node.Low, variables, known), Rename(node.High, variables, known));
        }

        return result;
    }

    private Dictionary<int, int> Cut(int function, int variable, Dictionary<int, Dictionary<int, int>> known)
    {
        if (function == False)
        {
            return [];
        }

        var node = _nodes[function];
        if (node.Variable >= variable)
        {
            return new() { [function] = True };
        }

        if (!known.TryGetValue(function, out var result))
        {
            var (low, high) = (Cut(node.Low, variable, known), Cut(node.High, variable, known));
            result = low.ToDictionary(part => part.Key, part => Make(node.Variable, part.Value, high.GetValueOrDefault(part.Key)));
            foreach (var (rest, assignments) in high)
            {
                result.TryAdd(rest, Make(node.Variable, False, assignments));
            }

            known.Add(function, result);
        }

        return result;
    }

    private int Apply(Operation operation, int left, int right)
    {
        if (Terminal(operation, left, right) is var known and >= 0)
        {
            return known;
        }

        // All three operations commute.
        var (smaller, larger) = left < right ? (left, right) : (right, left);
        var key = (ulong)operation << 60 | (ulong)smaller << 30 | (uint)larger;
        ref var remembered = ref _memo[(key * 0x9E3779B97F4A7C15) >> 32 & (uint)(_memo.Length - 1)];
        if (remembered.Key == key)
        {
            return remembered.Result;
        }

        var (first, second) = (_nodes[smaller], _nodes[larger]);
        var variable = Math.Min(first.Variable, second.Variable);
        var (firstLow, firstHigh) = first.Variable == variable ? (first.Low, first.High) : (smaller, smaller);
        var (secondLow, secondHigh) = second.Variable == variable ? (second.Low, second.High) : (larger, larger);
        var low = Apply(operation, firstLow, secondLow);
        var high = Apply(operation, firstHigh, secondHigh);
        var result = Make(variable, low, high);

        // The table may have grown meanwhile.
        _memo[(key * 0x9E3779B97F4A7C15) >> 32 & (uint)(_memo.Length - 1)] = new(key, result);
        return result;
    }

    private static int Terminal(Operation operation, int left, int right) => operation switch
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
        _ => -1,
    };

    private int Make(int variable, int low, int high)
    {
        if (low == high)
        {
            return low;
        }

        var place = Place(variable, low, high);
        while (_unique[place] is var existing and not 0)
        {
            ref var node = ref _nodes[existing];
            if (node.Variable == variable && node.Low == low && node.High == high)
            {
                return existing;
            }

            place = (place + 1) & (_unique.Length - 1);
        }

        if (_count == MaxNodes)
        {
            throw new ProofTooLargeException();
        }

        _unique[place] = _count;
        _nodes[_count++] = new(variable, low, high);
        if (_count == _nodes.Length)
        {
            Grow();
        }

        return _count - 1;
    }

    private void Grow()
    {
        Array.Resize(ref _nodes, Math.Min(MaxNodes + 1, _nodes.Length * 2));
        _unique = new int[_unique.Length * 2];
        for (var number = 2; number < _count; number++)
        {
            var node = _nodes[number];
            var place = Place(node.Variable, node.Low, node.High);
            while (_unique[place] != 0)
            {
                place = (place + 1) & (_unique.Length - 1);
            }

            _unique[place] = number;
        }

        if (_memo.Length < LargestMemo)
        {
            _memo = new Answer[_memo.Length * 2];
        }
    }

    private int Place(int variable, int low, int high)
    {
        var mixed = ((ulong)(uint)low << 32 | (uint)high) * 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 32) ^ (uint)variable) * 0xBF58476D1CE4E5B9;
        return (int)(mixed >> 33) & (_unique.Length - 1);
    }

    private readonly record struct Node(int Variable, int Low, int High);

    private readonly record struct Answer(ulong Key, int Result);
}

/// <summary>A diagram would outgrow its memory; the prover turns it into an outcome.</summary>
internal sealed class ProofTooLargeException : Exception;
