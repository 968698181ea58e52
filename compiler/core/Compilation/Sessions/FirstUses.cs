namespace Netpol.Compiler.Compilation.Sessions;

/// <summary>Numbers things by the order in which they were first met, those that are in use only.</summary>
/// <param name="count">Of things, met or not.</param>
internal sealed class FirstUses(int count)
{
    private readonly bool[] _isMet = new bool[count];
    private readonly bool[] _isUsed = new bool[count];
    private readonly List<int> _met = [];

    /// <summary>In the order of their numbers.</summary>
    public IEnumerable<int> InUse => _met.Where(thing => _isUsed[thing]);

    public void Meet(int thing)
    {
        if (!_isMet[thing])
        {
            _isMet[thing] = true;
            _met.Add(thing);
        }
    }

    public void Use(int thing) => _isUsed[thing] = true;

    /// <summary>By thing; -1 of one that is not in use.</summary>
    public int[] Numbers()
    {
        var numbers = new int[_isMet.Length];
        Array.Fill(numbers, -1);
        var next = 0;
        foreach (var thing in InUse)
        {
            numbers[thing] = next++;
        }

        return numbers;
    }
}
