using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>The lines of a service that say how traffic reaches it and is spread, beside addresses, ports and backends.</summary>
internal sealed class ServiceLineBinder(SetBinder sets)
{
    private readonly Dictionary<(ushort Number, Protocol Protocol), (FileScope File, ServiceLineSyntax.NodePort Line)> _nodePorts = [];

    /// <param name="bindAddress">Binds an address that no other service may have; null where it was reported.</param>
    public Service Bind(FileScope file, ServiceSyntax syntax, Service service, Func<Spelled<string>, Address?> bindAddress)
    {
        var said = new Dictionary<string, ServiceLineSyntax>(StringComparer.Ordinal);
        foreach (var line in syntax.Lines)
        {
            if (OnlyOnce(line) is { } word && !said.TryAdd(word, line))
            {
                file.Report(BindingDiagnostics.SaidTwice, line.Span, word);
                continue;
            }

            service = line switch
            {
                ServiceLineSyntax.NodePort nodePort => WithNodePort(file, service, nodePort),
                ServiceLineSyntax.LoadBalancer balancer => service with
                {
                    LoadBalancers = service.LoadBalancers.Add(BindBalancer(file, balancer, bindAddress)),
                },
                ServiceLineSyntax.Balance balance => service with { Balance = AlgorithmOf(balance.Algorithm.Value) },
                ServiceLineSyntax.Affinity affinity => service with { Affinity = TimeOf(file, affinity.Time, "affinity") },
                ServiceLineSyntax.Drain drain => service with { Drain = TimeOf(file, drain.Time, "drain") },
                ServiceLineSyntax.TrafficPolicy { Side.Value: "outside" } policy => service with { Outside = ScopeOf(policy) },
                ServiceLineSyntax.TrafficPolicy policy => service with { Inside = ScopeOf(policy) },
                ServiceLineSyntax.Locality locality => service with { Locality = LocalityOf(file, locality) },
                ServiceLineSyntax.Address or ServiceLineSyntax.Port or ServiceLineSyntax.BackendSet or ServiceLineSyntax.BackendAddresses => service,
                _ => throw new UnreachableException(),
            };
        }

        return service;
    }

    private static string? OnlyOnce(ServiceLineSyntax line) => line switch
    {
        ServiceLineSyntax.Balance => "balance",
        ServiceLineSyntax.Affinity => "affinity",
        ServiceLineSyntax.Drain => "drain",
        ServiceLineSyntax.Locality => "locality",
        ServiceLineSyntax.TrafficPolicy policy => policy.Side.Value,
        _ => null,
    };

    private Service WithNodePort(FileScope file, Service service, ServiceLineSyntax.NodePort line)
    {
        if (service.Ports.FirstOrDefault(port => port.Name == line.PortName.Value) is not { } named)
        {
            file.Report(BindingDiagnostics.UnknownServicePort, line.PortName.Span, line.PortName.Value, service.Name);
            return service;
        }

        var number = checked((ushort)line.Number.Value);
        if (!_nodePorts.TryAdd((number, named.Protocol), (file, line)))
        {
            var (other, first) = _nodePorts[(number, named.Protocol)];
            file.Report(MeaningDiagnostics.SharedNodePort
                .At(file.Source, line.Number.Span, $"{number}/{named.Protocol.ToString().ToLowerInvariant()}")
                .With(other.Source, first.Number.Span, "the first is here"));
            return service;
        }

        return service with { NodePorts = service.NodePorts.Add(new NodePort(named, number, file.OriginOf(line))) };
    }

    private LoadBalancer BindBalancer(FileScope file, ServiceLineSyntax.LoadBalancer line, Func<Spelled<string>, Address?> bindAddress)
    {
        var addresses = ImmutableArray.CreateBuilder<Address>();
        foreach (var written in line.Addresses)
        {
            if (bindAddress(written) is { } address)
            {
                addresses.Add(address);
            }
        }

        return new LoadBalancer(
            addresses.ToImmutable(), line.From is null ? null : sets.Bind(file, line.From, SetPlace.Group), file.OriginOf(line));
    }

    private static BalanceAlgorithm AlgorithmOf(string word) => word switch
    {
        "random" => BalanceAlgorithm.Random,
        "maglev" => BalanceAlgorithm.Maglev,
        "least-connections" => BalanceAlgorithm.LeastConnections,
        _ => throw new UnreachableException(),
    };

    private static TrafficScope ScopeOf(ServiceLineSyntax.TrafficPolicy policy) =>
        policy.Scope.Value == "local" ? TrafficScope.Local : TrafficScope.Cluster;

    private static ImmutableArray<Locality> LocalityOf(FileScope file, ServiceLineSyntax.Locality line)
    {
        foreach (var twice in line.Preferences.GroupBy(preference => preference.Value, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            file.Report(BindingDiagnostics.SaidTwice, twice.ElementAt(1).Span, twice.Key);
        }

        return [.. line.Preferences.Select(preference => preference.Value == "node" ? Locality.Node : Locality.Zone).Distinct()];
    }

    private static TimeSpan? TimeOf(FileScope file, QuantitySyntax time, string word)
    {
        var seconds = time.Number * time.Unit switch
        {
            "ms" => 0.001m,
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86400,
            _ => throw new UnreachableException(time.Unit),
        };
        const int LongestDays = 365;
        if (seconds is > 0 and <= LongestDays * 86400m)
        {
            return TimeSpan.FromSeconds((double)seconds);
        }

        file.Report(BindingDiagnostics.TimeOutOfRange, time.Span, file.Source.TextOf(time.Span), word);
        return null;
    }
}
