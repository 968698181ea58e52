using System.Collections.Immutable;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Loader.Endpoints;
using Netpol.Loader.Generations;
using Netpol.Loader.Live;
using Netpol.Loader.State;
using Netpol.Loader.Tables;

namespace Netpol.Loader;

/// <summary>
/// A node's datapath as a process keeps it that runs for long: what is in the tables is held in memory, so that a change of a rule or of an
/// endpoint costs what it changes. The node's lock is held for each change alone; what other processes change in between is seen before the next.
/// Nobody needs this process: killed at any instant it leaves the node as before its last change, or after. Not for two threads at once.
/// </summary>
public sealed class LiveNode : IDisposable
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(30);

    private readonly NodePaths _paths;
    private readonly NodeOptions _options;
    private readonly PinFolder _pins;
    private readonly StateFolder _state;
    private LiveGeneration? _live;
    private Manifest? _manifest;
    private byte[] _node = [];

    private LiveNode(NodePaths paths, NodeOptions options) =>
        (_paths, _options, _pins, _state) = (paths, options, new PinFolder(paths.Pins), new StateFolder(paths.State));

    /// <summary>The endpoints of other nodes that are known, some of them since an earlier process.</summary>
    public ImmutableArray<RemoteEndpoint> Remote => Change(live => live.Remote.Select(RemoteEndpoint.Of).ToImmutableArray());

    /// <exception cref="LoaderException">Not root, no bpffs at the pins, another layout, or the lock is held for too long.</exception>
    public static LiveNode Open(NodePaths paths, NodeOptions? options = null)
    {
        LiveNode node = new(paths, options ?? new NodeOptions());
        node.WithNode(_ => { });
        using (node.Lock())
        {
            node.CatchUp();
        }

        return node;
    }

    /// <summary>
    /// Puts rules in charge that were compiled in this process. Where they alone differ from what is in charge, programs and all other tables stay,
    /// and what is written is what they change; else a bundle is loaded.
    /// </summary>
    /// <param name="bundle">Makes the whole bundle and answers its folder; only called where it is needed.</param>
    /// <param name="folder">
    /// Where the caller keeps the bundle that is in charge, if it does. It need not be written before this returns: until then nobody loads what it holds, which is older.
    /// </param>
    /// <param name="seal">
    /// Of a manifest without digests, the same with them: not called before packets are judged by the rules, where they alone differ. Null: it has them.
    /// </param>
    /// <exception cref="VerifierException">The kernel refused a program; nothing has changed.</exception>
    public ApplyResult Apply(Manifest manifest, VerdictTerms terms, Func<string> bundle, string? folder = null, Func<Manifest>? seal = null)
    {
        try
        {
            using var folderLock = Lock();
            CatchUp();
            if (_live is { Generation: { Record: var record } } && IsInCharge(record, manifest, seal))
            {
                return new ApplyResult(Changed: false, record.Generation, record.Digest, _state.CountEndpoints());
            }

            if (TryChangeRules(manifest, terms, folder, seal) is { } result)
            {
                return result;
            }
        }
        catch (TablesFullException)
        {
            // A load makes room.
            Forget();
        }

        var written = bundle();
        ApplyResult? applied = null;
        WithNode(node => applied = node.Apply(written));
        return applied ?? throw new InvalidOperationException("nothing was applied");
    }

    /// <summary>
    /// Makes an endpoint of another node known, or changes what is known under its key: its labels are what the next packet is judged by.
    /// False: nothing that a rule asks for has changed.
    /// </summary>
    public bool Publish(RemoteEndpoint endpoint)
    {
        SpecCheck.Require(endpoint);
        return Change(live => live.Publish(endpoint));
    }

    /// <summary>Forgets an endpoint of another node; false: there was none.</summary>
    public bool Withdraw(string key) => Change(live => live.Withdraw(key));

    /// <summary>Gives a container of this node other labels; its programs and devices stay. False: there is no such container.</summary>
    public bool Relabel(string containerId, string interfaceName, ImmutableSortedDictionary<string, string> labels)
    {
        SpecCheck.RequireIdentity(containerId, interfaceName);
        return Change(live => live.Revise(containerId, interfaceName, spec => spec with { Labels = labels }));
    }

    /// <summary>
    /// Whether a container of this node is about to go: services then send it no new connections, and it keeps those it has for as long as they let it.
    /// False: there is no such container.
    /// </summary>
    public bool SetDraining(string containerId, string interfaceName, bool isDraining)
    {
        SpecCheck.RequireIdentity(containerId, interfaceName);
        return Change(live => live.Revise(
            containerId, interfaceName, spec => spec with { DrainingSince = isDraining ? spec.DrainingSince ?? DatapathClock.Now : null }));
    }

    public void Dispose()
    {
        if (_live is not null)
        {
            using (Lock())
            {
                CatchUp();
                _live?.Limbo.Drain();
            }
        }

        _live?.Dispose();
    }

    /// <summary>Waits for what is to be freed, and frees it; for measuring what there is.</summary>
    internal (int Pairs, int Nodes, int Classes) Settle() => Change(live =>
    {
        live.Limbo.Drain();
        return (live.Tables?.Pairs ?? 0, live.Tables?.Nodes ?? 0, live.Classes);
    });

    /// <summary>Learns what the next change needs to know, where nobody waits for it.</summary>
    public void Prepare()
    {
        using var folderLock = Lock();
        CatchUp();
        if (_live is { Tables: not null } live)
        {
            _manifest ??= _state.ReadManifest(live.Generation.Number, live.Generation.Record.Revision);
        }
    }

    /// <summary>The steps of a change of rules, for whoever takes them one by one; null: rules are not all that differs.</summary>
    internal RuleChange? TryBegin(Manifest manifest, VerdictTerms terms, string? folder = null, Func<Manifest>? seal = null)
    {
        if (_live is not { Tables: { } tables } live)
        {
            return null;
        }

        _manifest ??= _state.ReadManifest(live.Generation.Number, live.Generation.Record.Revision);
        return _manifest is { } former && RulesAlone.Differ(former, manifest, live.Generation.Maps)
            ? new RuleChange(live, tables, _state, former, manifest, terms, folder is null ? null : Path.GetFullPath(folder), seal)
            : null;
    }

    // Rules that differ make another bundle, whatever its digest.
    private bool IsInCharge(GenerationRecord record, Manifest manifest, Func<Manifest>? seal) =>
        seal is null ? record.Digest == manifest.Digest
        : (_manifest is null || RulesAlone.AreSame(_manifest, manifest)) && record.Digest == seal().Digest;

    private ApplyResult? TryChangeRules(Manifest manifest, VerdictTerms terms, string? folder, Func<Manifest>? seal)
    {
        if (TryBegin(manifest, terms, folder, seal) is not { } change || _live is not { } live)
        {
            return null;
        }

        live.Limbo.Advance();
        change.Prepare();
        change.Commit();
        change.Complete();
        var record = change.Note();
        live.Generation.Record = record;
        _manifest = manifest;
        _node = _state.ReadNodeBytes();
        return new ApplyResult(Changed: true, record.Generation, record.Digest, _state.CountEndpoints());
    }

    /// <summary>Where the tables have no room, what nobody needs is freed; where that is not enough, the bundle is loaded again with more.</summary>
    private T Change<T>(Func<LiveGeneration, T> change)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var folderLock = Lock();
                CatchUp();
                var result = change(_live ?? throw new LoaderException(
                    $"no bundle is in charge of the node at `{_paths.Pins}`; load one with `netpol load BUNDLE`"));
                _node = _state.ReadNodeBytes();
                return result;
            }
            catch (TablesFullException) when (attempt < 2)
            {
                Forget();
                if (attempt == 1)
                {
                    WithNode(node => node.MakeRoom());
                }
            }
            catch
            {
                // What was begun is mended before the next change.
                Forget();
                throw;
            }
        }
    }

    private FolderLock Lock() => FolderLock.TryTake(_state.LockFile, shared: false, _options.Wait ?? DefaultWait) ??
        throw new LoaderException($"another process is changing the node of `{_paths.State}` and did not end; find it with `fuser {_state.LockFile}`");

    private void WithNode(Action<Node> deed)
    {
        using var node = Node.Open(_paths, _options);
        deed(node);
    }

    /// <summary>Sees what other processes have changed: a container that came or went, or more, which has everything read anew; under the lock.</summary>
    private void CatchUp()
    {
        if (_state.IsChanging)
        {
            Repair();
        }

        if (_live is { } live)
        {
            var isAnother = ControlWord.Read(_pins) != live.Generation.Number;
            if (isAnother || ((!_node.AsSpan().SequenceEqual(_state.ReadNodeBytes()) || live.HasMoreClasses) && !live.TryFollow()))
            {
                Forget();
            }
            else
            {
                _node = _state.ReadNodeBytes();
            }
        }

        if (_live is null && Generation.OpenCurrent(_pins, _state) is { } generation)
        {
            _live = new LiveGeneration(generation, _state);
            _node = _state.ReadNodeBytes();
        }
    }

    private void Repair()
    {
        Forget();
        NodeRepair.Run(_pins, _state);
    }

    private void Forget()
    {
        _live?.Dispose();
        (_live, _manifest, _node) = (null, null, []);
    }
}
