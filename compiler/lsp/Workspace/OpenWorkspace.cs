using System.Collections.Immutable;
using Netpol.Compiler.Compilation;
using Netpol.Diagnostics;

namespace Netpol.Lsp.Workspace;

/// <summary>The documents that are open, and the builds that hold them as they are now.</summary>
internal sealed class OpenWorkspace
{
    private readonly Dictionary<string, Document> _documents = new(StringComparer.Ordinal);
    private readonly DiskFiles _disk = new();
    private readonly ImportMap _imports = new();
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CompilationSession> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Build Build, ImmutableArray<Diagnostic> Found)> _deep = new(StringComparer.Ordinal);
    private ImmutableArray<string> _folders = [];
    private ImmutableArray<string> _roots = [];
    private Dictionary<string, Build> _builds = new(StringComparer.Ordinal);
    private bool _isAllChanged = true;

    /// <summary>How often a build was made, for tests of what a key stroke costs.</summary>
    public int Bindings { get; private set; }

    public IEnumerable<KeyValuePair<string, Document>> Documents => _documents;

    /// <param name="roots">Files and folders built together; none: each file with its imports, beginning with who imports it.</param>
    public void Start(ImmutableArray<string> folders, ImmutableArray<string> roots)
    {
        (_folders, _roots) = (folders, roots);
        FilesChanged();
    }

    /// <summary>A document is opened, changed or closed (null).</summary>
    public void Put(string path, Document? document)
    {
        var wasOpen = _documents.ContainsKey(path);
        if (document is null)
        {
            _documents.Remove(path);
        }
        else
        {
            _documents[path] = document;
        }

        _changed.Add(path);
        if (!wasOpen || document is null)
        {
            _imports.Update(path, Read);
            _isAllChanged = true;
        }
    }

    public Document? Find(string path) => _documents.GetValueOrDefault(path);

    /// <summary>Files on the disk came, went or changed.</summary>
    public void FilesChanged()
    {
        _imports.Scan(_folders, Read);
        foreach (var path in _documents.Keys)
        {
            _imports.Update(path, Read);
        }

        _isAllChanged = true;
    }

    /// <summary>A document was saved: who it imports is asked again.</summary>
    public void Saved(string path)
    {
        _imports.Update(path, Read);
        _isAllChanged = true;
    }

    /// <summary>The builds that hold a file, that of the first root first.</summary>
    public IEnumerable<Build> BuildsOf(string path)
    {
        Refresh();
        return _builds.OrderBy(build => build.Key, StringComparer.Ordinal).Select(build => build.Value).Where(build => build.ByPath.ContainsKey(path));
    }

    /// <summary>All diagnostics of all builds, by full path of the file they are about.</summary>
    public ILookup<string, (Build Build, Diagnostic Diagnostic)> Diagnostics()
    {
        Refresh();
        return _builds.Values
            .SelectMany(build => DiagnosticsOf(build).Where(diagnostic => diagnostic.Source is not null).Select(diagnostic => (Build: build, Diagnostic: diagnostic)))
            .DistinctBy(pair => (PathOf(pair), pair.Diagnostic.Id, pair.Diagnostic.Span, pair.Diagnostic.Message))
            .ToLookup(PathOf, StringComparer.Ordinal);
    }

    /// <summary>The compilation that is still to be done where nothing is wrong; null: none.</summary>
    public DeepCheck? NextDeepCheck()
    {
        Refresh();
        foreach (var (key, build) in _builds)
        {
            if (!build.HasErrors && (!_deep.TryGetValue(key, out var known) || !ReferenceEquals(known.Build, build)))
            {
                if (!_sessions.TryGetValue(key, out var session))
                {
                    _sessions[key] = session = new CompilationSession();
                }

                return new DeepCheck(build, session);
            }
        }

        return null;
    }

    /// <summary>Takes what a check found, if the build is still that.</summary>
    public void Take(DeepCheck check, ImmutableArray<Diagnostic> found) => _deep[KeyOf(check.Build.Roots)] = (check.Build, found);

    private IEnumerable<Diagnostic> DiagnosticsOf(Build build) =>
        _deep.TryGetValue(KeyOf(build.Roots), out var deep) && ReferenceEquals(deep.Build, build) ? build.Diagnostics.Concat(deep.Found) : build.Diagnostics;

    private void Refresh()
    {
        if (!_isAllChanged && _changed.Count == 0)
        {
            return;
        }

        var builds = new Dictionary<string, Build>(StringComparer.Ordinal);
        if (!_roots.IsEmpty)
        {
            Add(builds, _roots);
        }

        foreach (var path in _documents.Keys.Where(path => !builds.Values.Any(build => !_roots.IsEmpty && build.Roots == _roots && build.ByPath.ContainsKey(path))))
        {
            foreach (var root in _imports.RootsOf(path))
            {
                Add(builds, [root]);
            }
        }

        foreach (var key in _sessions.Keys.Except(builds.Keys).ToList())
        {
            _sessions.Remove(key);
            _deep.Remove(key);
        }

        _builds = builds;
        _changed.Clear();
        _isAllChanged = false;
    }

    private void Add(Dictionary<string, Build> builds, ImmutableArray<string> roots)
    {
        var key = KeyOf(roots);
        if (builds.ContainsKey(key))
        {
            return;
        }

        var earlier = _builds.GetValueOrDefault(key);
        if (earlier is not null && !_isAllChanged && !_changed.Any(earlier.ByPath.ContainsKey))
        {
            builds[key] = earlier;
            return;
        }

        Bindings++;
        builds[key] = Build.Of(roots, earlier, Read);
    }

    private ReadOnlyMemory<byte>? Read(string path)
    {
        if (_documents.TryGetValue(path, out var document))
        {
            return document.Bytes;
        }

        // Not `? :`, which would make an empty memory of null.
        if (_disk.Read(path) is { } bytes)
        {
            return bytes;
        }

        return null;
    }

    private static string KeyOf(ImmutableArray<string> roots) => string.Join('\0', roots);

    private static string PathOf((Build Build, Diagnostic Diagnostic) pair) => Path.GetFullPath(pair.Diagnostic.Source?.Path ?? "", pair.Build.Folder);
}
