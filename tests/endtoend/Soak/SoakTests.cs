using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Netpol.Lab.Traffic;
using Netpol.Semantics;
using Netpol.Tests.EndToEnd.Rig;
using Xunit.Abstractions;

namespace Netpol.Tests.EndToEnd.Soak;

/// <summary>
/// Policies, services and their backends change at random beside steady traffic, through the product's own programs. After each change every
/// verdict and every choice of a backend is held against the evaluator; connections that stay allowed never miss an answer, in the middle of
/// a change neither, and those that are not carry nothing more. <c>./build.sh soak</c> goes on for longer.
/// </summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int MostEndpoints = 12, LeastOfKind = 1, MostConnections = 30, AskedEachStep = 10;

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(400);

    [Fact]
    public void Every_verdict_and_every_backend_is_as_the_model_says_while_all_of_it_changes()
    {
        var seconds = Number("NETPOL_SOAK_SECONDS") ?? 60;
        var seed = Number("NETPOL_SEED") ?? Random.Shared.Next();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
        using SoakRun run = new(new Random(seed));
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(seconds))
        {
            run.Step();
        }

        output.WriteLine(run.Summary);
        run.RequireVaried();
        run.End();
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var value) ? value : null;

    private sealed class SoakRun : IDisposable
    {
        private readonly Random _random;
        private readonly string _folder = Directory.CreateTempSubdirectory("netpol-soak-").FullName;
        private readonly PolicyNode _node;
        private readonly Process _watch;
        private readonly SteadyTraffic _steady = new();
        private readonly List<SoakEndpoint> _endpoints = [];
        private readonly Dictionary<Outcome, int> _outcomes = [];
        private SoakPolicy _policy;
        private Evaluator _evaluator;
        private int _made, _steps, _stopped;

        internal SoakRun(Random random)
        {
            _random = random;
            _policy = SoakPolicy.Next(random);
            _evaluator = new Evaluator(_policy.ToModel());
            _node = PolicyNode.Start(_policy.ToString());
            File.WriteAllText(Source, _policy.ToString());
            ProcessStartInfo start = new(Product.Cli, ["watch", _folder, "-o", _node.Bundle.Folder, "--pins", _node.Node.Pins, "--state", _node.Node.State])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            _watch = _node.Node.Network.Run(() => Process.Start(start)!);
            AwaitWatch();
            foreach (var app in (string[])["web", "batch", .. SoakPolicy.Backends, .. SoakPolicy.Backends])
            {
                Attach(app);
            }
        }

        internal string Summary => string.Create(
            CultureInfo.InvariantCulture,
            $"{_steps} changes; {string.Join(", ", _outcomes.OrderBy(entry => entry.Key).Select(entry => $"{entry.Value} {entry.Key}"))}; {_steady.Exchanges} exchanges over {_steady.Count} connections at last, {_stopped} stopped");

        private string Source => Path.Combine(_folder, "soak.netpol");

        private Universe Universe => new([.. _endpoints.Select(endpoint => endpoint.Known)], []);

        internal void Step()
        {
            _steps++;
            switch (_random.Next(4))
            {
                case 0 when _endpoints.Count < MostEndpoints:
                    string[] apps = ["web", "batch", .. SoakPolicy.Backends, .. SoakPolicy.Backends];
                    Attach(apps[_random.Next(apps.Length)]);
                    break;
                case 1 when Removable() is { Length: > 0 } removable:
                    Detach(removable[_random.Next(removable.Length)]);
                    break;
                default:
                    Change(_policy.Changed(_random));
                    break;
            }

            Ask();
            Assert.Empty(_steady.Lost);
        }

        /// <summary>A run in which nothing is denied, or nothing runs on, shows little.</summary>
        internal void RequireVaried()
        {
            Assert.Equal(3, _outcomes.Count);
            Assert.True(_stopped > 0 && _steady.Exchanges > 100 * _steps, Summary);
        }

        /// <summary>Everything goes; nothing of it is left in the node's tables.</summary>
        internal void End()
        {
            _steady.Take(_ => true).ToList().ForEach(connection => connection.Connection.Dispose());
            while (_endpoints.Count > 0)
            {
                Detach(_endpoints[^1]);
            }

            var status = JsonNode.Parse(Netpol("status", "-o", "json"))!;
            var generation = Path.Combine(_node.Node.Pins, "generations", $"{status["generation"]}");
            Assert.Empty(status["endpoints"]!.AsArray());
            Assert.Equal(0, Entries(generation, "backends4") + Entries(generation, "backends6"));
            var own = status["hostAddresses"]!.AsArray().Count;
            Assert.Equal(own, Entries(generation, "addresses4") + Entries(generation, "addresses6"));
        }

        public void Dispose()
        {
            if (!_watch.HasExited)
            {
                _watch.Kill();
            }

            _watch.Dispose();
            _steady.Dispose();
            _endpoints.ForEach(endpoint => endpoint.Dispose());
            _node.Dispose();
            Directory.Delete(_folder, recursive: true);
        }

        private SoakEndpoint[] Removable() =>
            [.. _endpoints.GroupBy(endpoint => endpoint.App).Where(kind => kind.Count() > LeastOfKind).SelectMany(kind => kind)];

        private void Attach(string app)
        {
            SoakEndpoint endpoint = new(_node.Node, string.Create(CultureInfo.InvariantCulture, $"{app}{++_made}"), app);
            _endpoints.Add(endpoint);
        }

        private void Detach(SoakEndpoint endpoint)
        {
            var broken = _steady.Take(connection => connection.Client == endpoint || connection.Backend == endpoint);
            _endpoints.Remove(endpoint);
            endpoint.Dispose();
            RequireStopped(broken);
        }

        private void Change(SoakPolicy policy)
        {
            Evaluator evaluator = new(policy.ToModel());
            var stopped = _steady.Take(connection => Judge(evaluator, connection) is not Verdict.Allow);
            File.WriteAllText(Source + "~", policy.ToString());
            File.Move(Source + "~", Source, overwrite: true);
            AwaitWatch();
            (_policy, _evaluator) = (policy, evaluator);
            RequireStopped(stopped);
        }

        private void RequireStopped(IReadOnlyList<SteadyConnection> connections)
        {
            var answers = SideBySide.Run([.. connections.Select(connection => (Func<string?>)(() => connection.Connection.Exchange("still", Short)))]);
            foreach (var (connection, answer) in connections.Zip(answers))
            {
                connection.Connection.Dispose();
                Assert.True(answer is null, $"step {_steps}: {connection} still carries\n{_policy}");
            }

            _stopped += connections.Count;
        }

        /// <summary>New connections, each held against what the model allows.</summary>
        private void Ask()
        {
            var questions = Enumerable.Range(0, AskedEachStep).Select(_ => Question.Next(_random, _endpoints)).ToArray();
            var answers = SideBySide.Run([.. questions.Select(question => (Func<(ProbeResult, LabConnection?)>)question.Ask)]);
            foreach (var (question, (seen, connection)) in questions.Zip(answers))
            {
                _outcomes[seen.Outcome] = _outcomes.GetValueOrDefault(seen.Outcome) + 1;
                var judgements = _evaluator.JudgeAll(Universe, question.Flow);
                // A machine that is busy may have taken its time.
                var isKnown = judgements.Any(judgement => IsOf(judgement, question, seen)) ||
                    (seen.Outcome == Outcome.Silent && question.AskPatiently() is var later && judgements.Any(judgement => IsOf(judgement, question, later)));
                Assert.True(
                    isKnown,
                    $"step {_steps}: {question}: {seen}, but {string.Join("; ", judgements.Select(judgement => $"{judgement.Verdict} {judgement.Translation}"))}\n{_policy}");
                if (connection is null)
                {
                    continue;
                }

                if (_steady.Count < MostConnections)
                {
                    var backend = _endpoints.Single(endpoint => endpoint.Name == seen.By);
                    var port = question.Service is { } service ? _policy.Services[service].Port : question.Port;
                    _steady.Add(new SteadyConnection(connection, question.Client, backend, port, question.Service, question.IsIPv6));
                }
                else
                {
                    connection.Dispose();
                }
            }
        }

        private static bool IsOf(Judgement judgement, Question question, ProbeResult seen) => seen.Outcome switch
        {
            Outcome.Answered => judgement.Verdict == Verdict.Allow &&
                                (question.Server ?? judgement.Translation?.Backend)?.ToString() is { } address && question.NameAt(address) == seen.By,
            Outcome.Refused => judgement.Verdict == Verdict.Reject,
            _ => judgement.Verdict == Verdict.Deny,
        };

        /// <summary>Of a running connection: on its backend, by its service. Null: that is no backend of it any more.</summary>
        private Verdict? Judge(Evaluator evaluator, SteadyConnection connection)
        {
            var (source, backend) = (connection.Client.At(connection.IsIPv6), connection.Backend.At(connection.IsIPv6));
            var (to, port) = connection.Service is { } service
                ? (Model.Address.Parse(SoakPolicy.Address(service, source.Family)), SoakPolicy.ServicePort)
                : (backend, connection.Port);
            var judgements = evaluator.JudgeAll(Universe, new Flow(source, to, Semantics.Traffic.Tcp((ushort)port), connection.Client.Known));
            return judgements.FirstOrDefault(judgement => judgement.Translation is not { } chosen ||
                (chosen.Backend == backend && chosen.BackendPort == connection.Port))?.Verdict;
        }

        private void AwaitWatch()
        {
            var line = _watch.StandardOutput.ReadLineAsync();
            Assert.True(line.Wait(TimeSpan.FromSeconds(30)), "netpol watch said nothing");
            Assert.Contains("live in", line.Result ?? _watch.StandardError.ReadToEnd(), StringComparison.Ordinal);
        }

        private static int Entries(string generation, string map)
        {
            var path = Path.Combine(generation, "maps", map);
            path = File.Exists(path) ? path : Path.Combine(generation, map);
            return JsonNode.Parse(Run("bpftool", ["-j", "map", "dump", "pinned", path]))!.AsArray().Count;
        }

        private string Netpol(params string[] arguments) => Run(Product.Cli, [.. arguments, "--pins", _node.Node.Pins, "--state", _node.Node.State]);

        private static string Run(string program, string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
            var said = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            return said;
        }
    }

    /// <param name="Server">Null: by the service.</param>
    private sealed record Question(
        SoakEndpoint Client, Model.Address? Server, int? Service, int Port, bool IsIPv6, ImmutableDictionary<string, string> Names)
    {
        internal Flow Flow => new(Client.At(IsIPv6), To, Semantics.Traffic.Tcp((ushort)Port), Client.Known);

        private Model.Address To => Server ?? Model.Address.Parse(SoakPolicy.Address(Service!.Value, IsIPv6 ? Model.IpFamily.V6 : Model.IpFamily.V4));

        internal static Question Next(Random random, IReadOnlyList<SoakEndpoint> endpoints)
        {
            var clients = endpoints.Where(endpoint => !endpoint.IsBackend).ToArray();
            var servers = endpoints.Where(endpoint => endpoint.IsBackend).ToArray();
            var isIPv6 = random.Next(2) == 0;
            var names = servers.ToImmutableDictionary(server => server.At(isIPv6).ToString(), server => server.Name);
            var client = clients[random.Next(clients.Length)];
            return random.Next(2) == 0
                ? new Question(client, null, random.Next(3), SoakPolicy.ServicePort, isIPv6, names)
                : new Question(client, servers[random.Next(servers.Length)].At(isIPv6), null, SoakPolicy.Ports[random.Next(SoakPolicy.Ports.Length)], isIPv6, names);
        }

        internal string? NameAt(string address) => Names.GetValueOrDefault(address);

        /// <summary>The connection is kept where it was answered.</summary>
        internal (ProbeResult Seen, LabConnection? Connection) Ask()
        {
            var to = IPAddress.Parse(To.ToString());
            var connection = LabConnection.TryOpen(Client.Container, to, Port, Short);
            if (connection?.Exchange("who", Probe.DefaultTimeout) is { } name)
            {
                return (new ProbeResult(Outcome.Answered, name), connection);
            }

            connection?.Dispose();
            return (Probe.Tcp(Client.Container, to, Port, Short), null);
        }

        internal ProbeResult AskPatiently() => Probe.Tcp(Client.Container, IPAddress.Parse(To.ToString()), Port, Probe.DefaultTimeout);

        public override string ToString() =>
            $"{Client.Name} -> {(Service is { } service ? $"service s{service}" : NameAt(To.ToString()))}:{Port} over {(IsIPv6 ? "IPv6" : "IPv4")}";
    }
}
