using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Loader;
using Netpol.Loader.Native;

namespace Netpol.Bench.Live;

/// <summary>One rule of many is given another port, at random places, one after the other.</summary>
/// <param name="Committed">From new terms in memory to the store after which every packet is judged by them.</param>
/// <param name="Visible">From the same to the first packet that is judged by the changed rule, where there is one.</param>
/// <param name="Returned">From the same to when the next change may begin.</param>
internal sealed record RuleSeries(int Rules, Latency Committed, Latency Visible, Latency Returned)
{
    private const int FirstPort = 50_000;

    internal static RuleSeries Run(World world, int changes)
    {
        List<TimeSpan> committed = [], visible = [], returned = [];
        var (manifest, terms) = (world.Manifest, world.Terms);
        var egress = Candidates(world);
        for (var change = 0; change < changes; change++)
        {
            var (container, rule, peer) = egress[world.NextNumber(egress.Count)];
            var port = FirstPort + change;
            (manifest, terms) = Change(manifest, terms, rule, port);
            using Watcher watcher = new(world, world.Programs[container], Frame.Syn(World.Container(container), peer, port));
            var start = Stopwatch.GetTimestamp();
            var result = world.Live.Apply(manifest, terms, () => throw new InvalidOperationException("the change was not made in place"));
            returned.Add(Stopwatch.GetElapsedTime(start));
            if (!result.Changed)
            {
                throw new InvalidOperationException("nothing was changed");
            }

            var (commit, seen) = watcher.Stop();
            committed.Add(Stopwatch.GetElapsedTime(start, commit));
            if (seen is { } at)
            {
                visible.Add(Stopwatch.GetElapsedTime(start, at));
            }
        }

        return new RuleSeries(manifest.Rules.Length, Latency.Of(committed), Latency.Of(visible), Latency.Of(returned));
    }

    /// <summary>Rules that allow what a container of this node sends, each with an address that they are about.</summary>
    internal static List<(int Container, int Rule, IPAddress Peer)> Candidates(World world)
    {
        List<(int, int, IPAddress)> found = [];
        var specs = Enumerable.Range(0, World.Containers).Select(number => world.Members(number)).ToArray();
        var prefixes = world.Manifest.Prefixes.Where(prefix => !prefix.Prefix.Contains(':', StringComparison.Ordinal))
            .GroupBy(prefix => prefix.Class).ToDictionary(group => group.Key, group => IPNetwork.Parse(group.Last().Prefix).BaseAddress);
        foreach (var term in world.Terms.Terms.Where(term => !term.IsIngress && term.Stage == RuleStage.Allow && term.Service == 0 && term.SameNamespace is null))
        {
            var peer = prefixes.FirstOrDefault(prefix => term.Peer.All(literal => world.Manifest.Classes[prefix.Key - 1].Contains(literal.Set) == literal.IsIn)).Value;
            for (var number = 0; number < specs.Length && peer is not null; number++)
            {
                if (term.Self.All(literal => Placement.IsIn(specs[number], literal.Set) == literal.IsIn))
                {
                    found.Add((number, term.Rule, peer));
                }
            }
        }

        return found.Count > 0 ? found : throw new InvalidOperationException("no rule is about a container of this node");
    }

    /// <summary>As a compiler would have it: the rule's terms ask for another port, its text says so, all else is as it was.</summary>
    private static (Manifest Manifest, VerdictTerms Terms) Change(Manifest manifest, VerdictTerms terms, int rule, int port)
    {
        TrafficSet traffic = new([new TrafficRange(TrafficSpace.Tcp, (ushort)port, (ushort)port)], []);
        terms = terms with
        {
            Traffic = terms.Traffic.Add(traffic),
            Terms = [.. terms.Terms.Select(term => term.Rule == rule ? term with { Traffic = terms.Traffic.Length } : term)],
        };
        var index = rule - 1;
        var text = string.Create(CultureInfo.InvariantCulture, $"{manifest.Rules[index].Text} on {port}/tcp");
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(manifest.Digest + text)));
        return (manifest with { Digest = digest, Rules = manifest.Rules.SetItem(index, manifest.Rules[index] with { Text = text }) }, terms);
    }

    /// <summary>Looks again and again, on a thread of its own: at the epoch, and what becomes of a packet.</summary>
    private sealed class Watcher : IDisposable
    {
        private readonly Thread _thread;
        private volatile bool _isOver;
        private long _committed;
        private long? _seen;

        internal Watcher(World world, BpfProgram program, byte[] frame)
        {
            using ManualResetEventSlim isReady = new();
            _thread = new Thread(() =>
            {
                var epoch = world.Epoch;
                ushort port = 1024;
                var wasDenied = !World.Passes(program, frame);
                isReady.Set();
                while (!_isOver && (_committed == 0 || _seen is null))
                {
                    if (_committed == 0 && world.Epoch != epoch)
                    {
                        _committed = Stopwatch.GetTimestamp();
                    }

                    Frame.SetSourcePort(frame, ++port);
                    if (wasDenied && _seen is null && World.Passes(program, frame))
                    {
                        _seen = Stopwatch.GetTimestamp();
                    }

                    Thread.Sleep(0);
                }
            });
            _thread.Start();
            isReady.Wait();
        }

        internal (long Committed, long? Seen) Stop()
        {
            Dispose();
            return (_committed != 0 ? _committed : throw new InvalidOperationException("the change was never in charge"), _seen);
        }

        public void Dispose()
        {
            _isOver = true;
            _thread.Join();
        }
    }
}
