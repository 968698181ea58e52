using Netpol.Diagnostics;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>Binds declarations, or takes what an earlier binding made of them; notes for the next one what each answer depended on.</summary>
internal sealed class Recollection(BoundDeclarations earlier)
{
    private readonly Dictionary<StatementSyntax, BoundDeclaration> _now = new(ReferenceEqualityComparer.Instance);

    private IReadOnlyList<UsedName> _declared = [];
    private bool _haveSameNames;

    // A group is bound while what names it is bound.
    private readonly Stack<Frame> _open = [];

    /// <summary>What a name means now; the same object wherever it means the same.</summary>
    public Func<FileScope, UsedName, object?> MeaningOf { get; set; } = (_, _) => null;

    /// <summary>All that was bound this time.</summary>
    public BoundDeclarations Now => new(_now, _declared);

    /// <summary>
    /// All names that may be used are bound. Where they are those of the earlier binding, what used them needs not be asked which it used.
    /// </summary>
    public void KnowNames(IReadOnlyList<UsedName> declared) => (_declared, _haveSameNames) = (declared, earlier.HaveSameNames(declared));

    /// <summary>A name was looked up by the declaration that is being bound.</summary>
    public void Note(NameKind kind, string name, object? meaning)
    {
        if (_open.TryPeek(out var frame))
        {
            frame.Names.Add(new UsedName(kind, name, meaning));
        }
    }

    public void Note(Diagnostic diagnostic)
    {
        if (_open.TryPeek(out var frame))
        {
            frame.Diagnostics.Add(diagnostic);
        }
    }

    /// <param name="move">The same meaning, with its places so many lines further down.</param>
    /// <returns>Null where it cannot be bound.</returns>
    public T? Bind<T>(FileScope file, StatementSyntax syntax, Func<T?> bind, Func<T, int, T> move)
        where T : class
    {
        if (earlier.Find(syntax) is { Meaning: T known } before && before.DefaultNamespace == file.DefaultNamespace
            && (_haveSameNames || before.Names.All(used => ReferenceEquals(MeaningOf(file, used), used.Meaning))))
        {
            foreach (var diagnostic in before.Diagnostics)
            {
                file.Report(diagnostic);
            }

            var moved = before.Line == file.Line ? before : before with { Meaning = known = move(known, file.Line - before.Line), Line = file.Line };
            _now[syntax] = moved;
            return known;
        }

        var frame = new Frame([], []);
        _open.Push(frame);
        var bound = bind();
        _open.Pop();
        if (bound is not null)
        {
            _now[syntax] = new BoundDeclaration(bound, file.Line, file.DefaultNamespace, [.. frame.Names], [.. frame.Diagnostics]);
        }

        return bound;
    }

    private sealed record Frame(List<UsedName> Names, List<Diagnostic> Diagnostics);
}
