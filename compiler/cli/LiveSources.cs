using System.Diagnostics;
using System.Globalization;
using Netpol.Bundle;
using Netpol.Loader;
using Netpol.Parsing;
using Netpol.Text;
using Netpol.Toolchain;

namespace Netpol.Cli;

/// <summary>Sources whose meaning a node follows. What cannot be built or put in charge is reported, and what is in charge stays.</summary>
internal sealed class LiveSources(Terminal terminal, BuildSession session, LiveNode node, string folder) : IDisposable
{
    private readonly LiveBundle _bundle = new(terminal, folder);
    private readonly List<(string Stage, TimeSpan Time)> _times = [];
    private SessionBuild? _build;
    private Manifest? _inCharge;
    private Dictionary<string, SourceFile> _files = new(StringComparer.Ordinal);
    private string _digest = "";
    private uint _generation;
    private long _started;
    private long _last;

    /// <summary>Of the files that were read last.</summary>
    public IEnumerable<string> Folders => _build is not { } build ? [] : build.Sources.Select(source =>
        Path.GetDirectoryName(Path.GetFullPath(source.Path, build.Root)) ?? "/").Distinct(StringComparer.Ordinal);

    /// <summary>Some of the files or folders asked for are not there or cannot be read.</summary>
    public bool LacksFiles => _build?.Diagnostics.Any(diagnostic => diagnostic.Descriptor == SyntaxDiagnostics.FileNotFound) == true;

    /// <summary>Something changed: from now on time is taken.</summary>
    public void Start()
    {
        _times.Clear();
        _started = _last = Stopwatch.GetTimestamp();
    }

    /// <summary>Builds the sources and puts what they say in charge.</summary>
    /// <returns>False: they have errors, or the node would not have them.</returns>
    public bool Update()
    {
        Reached("wait");
        _build = session.Build(Reached);
        DiagnosticOutput.Show(terminal, _build.Diagnostics, _build.Root);
        if (_build.Manifest is not { } manifest)
        {
            terminal.Output.WriteLine($"not loaded: {DiagnosticOutput.Count(_build.Diagnostics)}{(_inCharge is null ? "" : "; what was in charge stays")}");
            terminal.Output.Flush();
            return false;
        }

        try
        {
            PutInCharge(_build, manifest);
            return true;
        }
        catch (Exception exception) when (exception is LoaderException or IOException or UnauthorizedAccessException or CommandException)
        {
            terminal.Fail($"not loaded: {exception.Message}");
            return false;
        }
    }

    /// <summary>Does what the next change would have to do, in the time when nobody waits for it.</summary>
    public void Rest()
    {
        try
        {
            node.Prepare();
        }
        catch (LoaderException exception)
        {
            terminal.Fail(exception.Message);
        }
    }

    public void Dispose() => _bundle.Dispose();

    private void PutInCharge(SessionBuild build, Manifest manifest)
    {
        using var pause = _bundle.Pause();
        Manifest? written = null;
        Manifest Written() => written ??= _bundle.Write(build);
        var isLoaded = false;
        var result = node.Apply(
            manifest, build.Terms,
            () =>
            {
                Written();
                isLoaded = true;
                return _bundle.Folder;
            },
            _bundle.Folder,
            () =>
            {
                // Where rules alone have changed, packets are judged by them already.
                Reached("apply");
                return build.Seal() ?? Written();
            });
        if (isLoaded)
        {
            Reached("apply");
        }

        if (result.Changed || _inCharge is null)
        {
            terminal.Output.WriteLine(Line(build, manifest, result));
            terminal.Output.Flush();
        }

        if (result.Digest != _digest && written is null)
        {
            _bundle.WriteLater(build);
        }

        (_inCharge, _digest, _generation) = (manifest, result.Digest, result.Generation);
        _files = build.Sources.ToDictionary(source => source.Path, StringComparer.Ordinal);
    }

    private string Line(SessionBuild build, Manifest manifest, ApplyResult result)
    {
        var changed = build.Sources.Where(source => _files.GetValueOrDefault(source.Path)?.Text != source.Text).Select(source => source.Path)
            .Concat(_files.Keys.Except(build.Sources.Select(source => source.Path))).ToList();
        var (came, went) = _inCharge is { } before ? (Count(manifest, before), Count(before, manifest)) : (manifest.Rules.Length, 0);
        var what = _inCharge is null ? DiagnosticOutput.Counted(came, "rule") : $"{DiagnosticOutput.Counted(came, "rule")} came, {went} went";
        var how = result.Generation == _generation ? "in place"
            : string.Create(CultureInfo.InvariantCulture, $"as generation {result.Generation}{(build.IsRenumbered && _inCharge is not null ? ", all rules numbered anew" : "")}");
        var times = string.Join(", ", _times.GroupBy(time => PhaseOf(time.Stage)).Select(phase => $"{phase.Key} {Milliseconds(phase.Select(time => time.Time))}"));
        return $"{(changed.Count == 1 ? changed[0] : DiagnosticOutput.Counted(changed.Count, "file"))}: {what}; "
            + $"live in {Milliseconds([Stopwatch.GetElapsedTime(_started, _last)])} ms ({times}) {how}, {DiagnosticOutput.Counted(result.Endpoints, "endpoint")} (digest {result.Digest[..12]})";
    }

    // Rules of the first that the second does not have, wherever they stand.
    private static int Count(Manifest of, Manifest without)
    {
        var there = new Dictionary<(string, string, string, string), int>();
        foreach (var rule in without.Rules.Except(of.Rules, ReferenceEqualityComparer.Instance).Cast<RuleEntry>())
        {
            var key = (rule.Policy, rule.Direction, rule.Action, rule.Text);
            there[key] = there.GetValueOrDefault(key) + 1;
        }

        var count = 0;
        foreach (var rule in of.Rules.Except(without.Rules, ReferenceEqualityComparer.Instance).Cast<RuleEntry>())
        {
            var key = (rule.Policy, rule.Direction, rule.Action, rule.Text);
            if (there.GetValueOrDefault(key) is var left and > 0)
            {
                there[key] = left - 1;
            }
            else
            {
                count++;
            }
        }

        return count;
    }

    private static string PhaseOf(string stage) => stage is "wait" or "parse" or "apply" ? stage : "compile";

    private static string Milliseconds(IEnumerable<TimeSpan> times) =>
        string.Create(CultureInfo.InvariantCulture, $"{times.Sum(time => time.TotalMilliseconds):0.0}");

    private void Reached(string stage)
    {
        var now = Stopwatch.GetTimestamp();
        _times.Add((stage, Stopwatch.GetElapsedTime(_last, now)));
        _last = now;
    }
}
