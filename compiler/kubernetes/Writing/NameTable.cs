namespace Netpol.Kubernetes.Writing;

/// <summary>
/// Gives every thing of one kind a name of its own: the short one where only one thing wants it, else the qualified ones,
/// and numbers where even those meet.
/// </summary>
internal sealed class NameTable
{
    private readonly List<(string Key, string Short, string Qualified)> _wishes = [];
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

    /// <param name="key">Tells the things apart; a second wish for one is ignored.</param>
    public void Wish(string key, string shortName, string qualifiedName)
    {
        if (_keys.Add(key))
        {
            _wishes.Add((key, shortName, qualifiedName));
        }
    }

    /// <summary>Names by key; the same wishes in the same order give the same names.</summary>
    public IReadOnlyDictionary<string, string> Settle()
    {
        var wanted = _wishes.CountBy(wish => wish.Short, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var taken = new HashSet<string>(_wishes.Where(wish => wanted[wish.Short] == 1).Select(wish => wish.Short), StringComparer.Ordinal);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, shortName, qualified) in _wishes)
        {
            names[key] = wanted[shortName] == 1 ? shortName : Free(qualified, taken);
        }

        return names;
    }

    private static string Free(string name, HashSet<string> taken)
    {
        var free = name;
        for (var number = 2; !taken.Add(free); number++)
        {
            free = $"{name}-{number}";
        }

        return free;
    }
}
