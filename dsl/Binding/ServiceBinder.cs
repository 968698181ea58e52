using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>Services, and what they may not share.</summary>
internal sealed class ServiceBinder(SetBinder sets)
{
    private readonly Dictionary<Address, (FileScope File, Spelled<string> Written)> _addresses = [];
    private readonly ServiceLineBinder _lines = new(sets);

    public Service Bind(Declared<ServiceSyntax> declared)
    {
        var (file, syntax) = (declared.File, declared.Syntax);
        var addresses = BindAddresses(file, syntax);
        var ports = BindPorts(file, syntax);
        var backends = BindBackends(file, syntax);
        if (!syntax.IsDamaged)
        {
            ReportMissing(file, syntax);
        }

        WarnOfMissingFamily(declared, addresses, backends);
        if (backends is BackendSource.Literal { Backends: [_, ..] })
        {
            RefuseNamedTargets(file, syntax);
        }

        return _lines.Bind(
            file, syntax, new Service(syntax.Name.Value, addresses, ports, backends, file.OriginOf(syntax), syntax.Documentation),
            written => BindAddress(file, written));
    }

    private ImmutableArray<Address> BindAddresses(FileScope file, ServiceSyntax syntax)
    {
        var addresses = ImmutableArray.CreateBuilder<Address>();
        foreach (var written in syntax.Lines.OfType<ServiceLineSyntax.Address>().SelectMany(line => line.Addresses))
        {
            if (BindAddress(file, written) is { } address)
            {
                addresses.Add(address);
            }
        }

        return addresses.ToImmutable();
    }

    // Of one service alone.
    private Address? BindAddress(FileScope file, Spelled<string> written)
    {
        if (PrefixBinder.BindAddress(file, written) is not { } address)
        {
            return null;
        }

        if (_addresses.TryGetValue(address, out var first))
        {
            file.Report(MeaningDiagnostics.SharedServiceAddress.At(file.Source, written.Span, written.Value)
                .With(first.File.Source, first.Written.Span, "the first is here"));
            return null;
        }

        _addresses.Add(address, (file, written));
        return address;
    }

    private static ImmutableArray<ServicePort> BindPorts(FileScope file, ServiceSyntax syntax)
    {
        var ports = ImmutableArray.CreateBuilder<ServicePort>();
        var (numbers, names) = (new Dictionary<string, ServiceLineSyntax.Port>(), new Dictionary<string, ServiceLineSyntax.Port>());
        foreach (var line in syntax.Lines.OfType<ServiceLineSyntax.Port>())
        {
            var key = $"{line.Number.Value}/{line.Protocol.Value}";
            var first = numbers.GetValueOrDefault(key) ?? (line.Name is { } known ? names.GetValueOrDefault(known.Value) : null);
            if (first is not null)
            {
                var isNumber = numbers.ContainsKey(key);
                var (text, span) = isNumber || line.Name is not { } given ? (key, line.Number.Span) : (given.Value, given.Span);
                file.Report(MeaningDiagnostics.DuplicateServicePort.At(file.Source, span, text, syntax.Name.Value)
                    .With(file.Source, first.Span, "the first is here"));
                continue;
            }

            numbers.Add(key, line);
            if (line.Name is { } name)
            {
                names.Add(name.Value, line);
            }

            ports.Add(new ServicePort(
                line.Name?.Value, PortBinder.ProtocolOf(line.Protocol.Value), checked((ushort)line.Number.Value), BindTarget(line), file.OriginOf(line)));
        }

        return ports.ToImmutable();
    }

    private static TargetPort BindTarget(ServiceLineSyntax.Port line) => line.Target switch
    {
        null => new TargetPort.Number(checked((ushort)line.Number.Value)),
        TargetPortSyntax.Number number => new TargetPort.Number(checked((ushort)number.Port)),
        TargetPortSyntax.Named named => new TargetPort.Named(named.Name.Value),
        _ => throw new UnreachableException(),
    };

    private BackendSource BindBackends(FileScope file, ServiceSyntax syntax)
    {
        BackendSource? source = null;
        foreach (var line in syntax.Lines.Where(line => line is ServiceLineSyntax.BackendSet or ServiceLineSyntax.BackendAddresses))
        {
            if (source is not null)
            {
                file.Report(BindingDiagnostics.SaidTwice, line.Span, "backends");
                continue;
            }

            source = line switch
            {
                ServiceLineSyntax.BackendSet set => new BackendSource.Endpoints(sets.BindEndpoints(file, set.Set, "")),
                ServiceLineSyntax.BackendAddresses addresses => BindLiterals(file, syntax, addresses),
                _ => throw new UnreachableException(),
            };
        }

        return source ?? new BackendSource.Literal([]);
    }

    private static BackendSource.Literal BindLiterals(FileScope file, ServiceSyntax service, ServiceLineSyntax.BackendAddresses line)
    {
        var backends = new Dictionary<Address, LiteralBackend>();
        foreach (var backend in line.Backends)
        {
            if (backend.Weight is { Value: > ushort.MaxValue } weight)
            {
                file.Report(BindingDiagnostics.WeightTooLarge, weight.Span, weight.Value);
            }
            else if (PrefixBinder.BindAddress(file, backend.Address) is { } address
                && !backends.TryAdd(address, new LiteralBackend(address, backend.Weight?.Value ?? 1)))
            {
                file.Report(MeaningDiagnostics.DuplicateBackend, backend.Address.Span, backend.Address.Value, service.Name.Value);
            }
        }

        return new BackendSource.Literal([.. backends.Values]);
    }

    private static void ReportMissing(FileScope file, ServiceSyntax syntax)
    {
        foreach (var (word, isThere) in new[]
        {
            ("address", syntax.Lines.Any(line => line is ServiceLineSyntax.Address)),
            ("port", syntax.Lines.Any(line => line is ServiceLineSyntax.Port)),
            ("backends", syntax.Lines.Any(line => line is ServiceLineSyntax.BackendSet or ServiceLineSyntax.BackendAddresses)),
        })
        {
            if (!isThere)
            {
                file.Report(BindingDiagnostics.IncompleteService, syntax.Name.Span, syntax.Name.Value, word);
            }
        }
    }

    private static void WarnOfMissingFamily(Declared<ServiceSyntax> declared, ImmutableArray<Address> addresses, BackendSource backends)
    {
        if (backends is not BackendSource.Literal { Backends: [_, ..] literal })
        {
            return;
        }

        foreach (var family in addresses.Select(address => address.Family).Distinct())
        {
            if (!literal.Any(backend => backend.Address.Family == family))
            {
                declared.File.Report(
                    MeaningDiagnostics.NoBackendOfFamily, declared.Name.Span, declared.Name.Value, family == IpFamily.V4 ? "IPv4" : "IPv6");
            }
        }
    }

    /// <summary>Endpoints name their ports; an address in the source has nobody to do so.</summary>
    private static void RefuseNamedTargets(FileScope file, ServiceSyntax syntax)
    {
        foreach (var target in syntax.Lines.OfType<ServiceLineSyntax.Port>().Select(line => line.Target).OfType<TargetPortSyntax.Named>())
        {
            file.Report(BindingDiagnostics.NamedTargetAtAddresses, target.Name.Span, target.Name.Value, syntax.Name.Value);
        }
    }
}
