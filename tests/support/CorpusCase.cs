namespace Netpol.Tests.Support;

/// <summary>One folder of <c>tests/unit/corpus</c>: a small source with one idea, and a snapshot of each stage beside it.</summary>
public sealed record CorpusCase(string Name)
{
    private static readonly string Corpus = Repository.PathOf("tests/unit/corpus");

    public string Folder => Path.Combine(Corpus, Name);

    public string Source => Path.Combine(Folder, "source.netpol");

    public static IEnumerable<string> Names => Directory.EnumerateFiles(Corpus, "source.netpol", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Corpus, Path.GetDirectoryName(file) ?? Corpus))
        .Order(StringComparer.Ordinal);

    public override string ToString() => Name;
}
