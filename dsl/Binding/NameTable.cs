using System.Collections.Immutable;
using Netpol.Diagnostics;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>The names of one kind over all files of a build.</summary>
/// <param name="kind">As messages call it, such as <c>group</c>.</param>
internal sealed class NameTable<T>(string kind)
    where T : StatementSyntax
{
    private readonly Dictionary<string, Declared<T>> _declared = new(StringComparer.Ordinal);
    // A folder left out of a build makes thousands of unknown names; the first of them get all the help there is.
    private const int MostComparisons = 1_000_000;

    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private ImmutableArray<string>? _sorted;

    public string Kind => kind;

    /// <summary>In the order of declaration, first ones only.</summary>
    public IEnumerable<Declared<T>> Declarations => _declared.Values;

    public void Declare(FileScope file, T syntax, Spelled<string> name)
    {
        if (_declared.TryGetValue(name.Value, out var first))
        {
            file.Report(BindingDiagnostics.DuplicateName.At(file.Source, name.Span, kind, Wording.Quote(name.Value))
                .With(first.File.Source, first.Name.Span, "the first is here"));
            return;
        }

        _declared.Add(name.Value, new Declared<T>(file, syntax, name));
    }

    /// <summary>The name stands in a declaration that was reported; uses of it are not reported again.</summary>
    public void DeclareReported(string name) => _reported.Add(name);

    public Declared<T>? Find(string name) => _declared.GetValueOrDefault(name);

    public bool IsReported(string name) => _reported.Contains(name);

    /// <summary>Names that an unknown one was compared with so far.</summary>
    public int Comparisons { get; private set; }

    /// <summary>The name that was probably meant. All names are declared before the first use of one is reported.</summary>
    public string? NearestTo(string name)
    {
        var names = _sorted ??= [.. _declared.Keys.Order(StringComparer.Ordinal)];
        if (Comparisons + names.Length > MostComparisons)
        {
            return null;
        }

        Comparisons += names.Length;
        return Spelling.Nearest(name, names);
    }
}
