using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Netpol.Diagnostics;
using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>Ports with the <c>ports</c> declarations spread out.</summary>
internal sealed class PortBinder(BuildScope build)
{
    private readonly Dictionary<string, BoundPorts> _bound = new(StringComparer.Ordinal);
    private readonly List<string> _path = [];

    /// <summary>Binds every declaration, used or not, so that mistakes in unused ones are reported too.</summary>
    public void BindAll()
    {
        foreach (var declared in build.Ports.Declarations)
        {
            Bind(declared);
        }
    }

    public ImmutableArray<PortMatch> Bind(FileScope file, ImmutableArray<PortSyntax> ports) =>
        [.. ports.SelectMany(port => Bind(file, port)).Distinct()];

    /// <summary>What is noted of the name of a declaration; null: there is none.</summary>
    public object? MeaningOf(string name) => build.Ports.Find(name) is { } declared && !_path.Contains(name) ? Bind(declared) : null;

    public static Protocol ProtocolOf(string name) => name switch
    {
        "tcp" => Protocol.Tcp,
        "udp" => Protocol.Udp,
        "sctp" => Protocol.Sctp,
        _ => throw new UnreachableException(),
    };

    private ImmutableArray<PortMatch> Bind(FileScope file, PortSyntax port) => port switch
    {
        PortSyntax.Numbers numbers =>
            [new PortMatch.Range(ProtocolOf(numbers.Protocol), checked((ushort)numbers.First), checked((ushort)numbers.Last))],
        PortSyntax.WholeProtocol whole => [new PortMatch.Range(ProtocolOf(whole.Protocol), 0, ushort.MaxValue)],
        PortSyntax.Icmp icmp => BindIcmp(file, icmp),
        PortSyntax.Named named => [new PortMatch.Named(named.Name.Value, named.Protocol is null ? null : ProtocolOf(named.Protocol))],
        PortSyntax.Reference reference => BindReference(file, reference.Name),
        _ => throw new UnreachableException(),
    };

    private ImmutableArray<PortMatch> BindReference(FileScope file, Spelled<string> name)
    {
        if (build.Ports.Find(name.Value) is not { } declared)
        {
            build.ReportUnknown(file, build.Ports, name);
            return [];
        }

        var start = _path.IndexOf(name.Value);
        if (start < 0 && _path.Count >= GroupBinder.DeepestGroup)
        {
            file.Report(BindingDiagnostics.TooDeep, name.Span, "ports", name.Value, GroupBinder.DeepestGroup);
            return [];
        }

        if (start >= 0)
        {
            var chain = string.Join(" -> ", _path.Skip(start).Append(name.Value).Select(part => $"`{part}`"));
            file.Report(BindingDiagnostics.Cycle, name.Span, "ports", name.Value, chain);
            return [];
        }

        var bound = Bind(declared);
        build.Recollection.Note(NameKind.Ports, name.Value, bound);
        return bound.Ports;
    }

    private BoundPorts Bind(Declared<PortsSyntax> declared)
    {
        var name = declared.Name.Value;
        if (!_bound.TryGetValue(name, out var ports))
        {
            _path.Add(name);
            BoundPorts Anew() => new(Bind(declared.File, declared.Syntax.Ports));
            ports = build.Recollection.Bind(declared.File, declared.Syntax, Anew, static (known, _) => known) ?? Anew();
            _path.RemoveAt(_path.Count - 1);
            _bound[name] = ports;
        }

        return ports;
    }

    private static ImmutableArray<PortMatch> BindIcmp(FileScope file, PortSyntax.Icmp icmp)
    {
        var family = icmp.IsV6 ? IpFamily.V6 : IpFamily.V4;
        if (icmp.Type is not { } written)
        {
            return [new PortMatch.Icmp(family, null, null)];
        }

        var type = IcmpTypes.Find(family, written.Value) ?? BindByte(file, family, written, isType: true);
        byte? code = icmp.Code is { } spelled ? BindByte(file, family, spelled, isType: false) : null;
        return type is null || (icmp.Code is not null && code is null) ? [] : [new PortMatch.Icmp(family, type, code)];
    }

    private static byte? BindByte(FileScope file, IpFamily family, Spelled<string> written, bool isType)
    {
        if (byte.TryParse(written.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        if (!isType || (written.Value.Length > 0 && char.IsAsciiDigit(written.Value[0])))
        {
            file.Report(BindingDiagnostics.IcmpNumberTooLarge, written.Span, Wording.Quote(written.Value));
            return null;
        }

        var nearest = Spelling.Nearest(written.Value, IcmpTypes.Names(family));
        var diagnostic = BindingDiagnostics.UnknownIcmpType.At(
            file.Source, written.Span, Wording.Quote(written.Value), family == IpFamily.V4 ? "ICMP" : "ICMPv6",
            nearest is null ? "" : $"; did you mean `{nearest}`?");
        file.Report(nearest is null ? diagnostic : diagnostic.WithFix(nearest));
        return null;
    }

    private sealed record BoundPorts(ImmutableArray<PortMatch> Ports);
}
