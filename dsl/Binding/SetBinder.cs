using System.Collections.Immutable;
using System.Diagnostics;
using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>Sets with their names resolved. What was reported becomes a set that holds nothing.</summary>
internal sealed class SetBinder(GroupBinder groups)
{
    private static readonly AddressSet Nothing = new AddressSet.Union([]);

    public AddressSet Bind(FileScope file, SetSyntax syntax, SetPlace place) => Bind(file, syntax, place, isUnionPart: true);

    /// <summary>A set of endpoints, as after <c>for</c>.</summary>
    public AddressSet BindEndpoints(FileScope file, SetSyntax syntax, string hostFeature)
    {
        var set = Bind(file, syntax, SetPlace.Endpoints);
        if (FindOther(set) is AddressSet.Host && hostFeature.Length > 0)
        {
            file.Refuse(syntax.Span, hostFeature);
        }
        else if (FindOther(set) is { } other)
        {
            file.Report(BindingDiagnostics.NotEndpoints, syntax.Span, Describe(other));
        }

        return set;
    }

    private AddressSet Bind(FileScope file, SetSyntax syntax, SetPlace place, bool isUnionPart)
    {
        switch (syntax)
        {
            case SetSyntax.Any:
                return new AddressSet.Any();
            case SetSyntax.World:
                return new AddressSet.World();
            case SetSyntax.Host:
                return new AddressSet.Host();
            case SetSyntax.Nodes:
                return new AddressSet.Nodes();
            case SetSyntax.Cidr cidr:
                return BindCidr(file, cidr);
            case SetSyntax.Pods pods:
                return new AddressSet.Pods(BindScope(file, pods, place), pods.Where is null ? null : PredicateBinder.Bind(pods.Where));
            case SetSyntax.Service service:
                return BindService(file, service, place, isUnionPart);
            case SetSyntax.Dns dns when place == SetPlace.EgressPeer && isUnionPart:
                return DnsBinder.Bind(file, dns);
            case SetSyntax.Dns:
                file.Report(BindingDiagnostics.MisplacedDns, syntax.Span);
                return Nothing;
            case SetSyntax.Named named:
                return groups.Find(file, named.Name) is { } group ? new AddressSet.Named(group.Name, group.Set) : Nothing;
            case SetSyntax.Union union:
                return new AddressSet.Union([.. union.Parts.Select(part => Bind(file, part, place, isUnionPart))]);
            case SetSyntax.Intersection intersection:
                return new AddressSet.Intersection([.. intersection.Parts.Select(part => Bind(file, part, place, false))]);
            case SetSyntax.Difference difference:
                // a - b - c is a without (b or c): one level, however long the chain.
                var taken = difference.Parts.Skip(1).Select(part => Bind(file, part, place, false)).ToImmutableArray();
                return new AddressSet.Difference(
                    Bind(file, difference.Parts[0], place, false), taken.Length == 1 ? taken[0] : new AddressSet.Union(taken));
            default:
                throw new UnreachableException();
        }
    }

    private static AddressSet.Service BindService(FileScope file, SetSyntax.Service service, SetPlace place, bool isUnionPart)
    {
        if (place != SetPlace.EgressPeer || !isUnionPart)
        {
            file.Report(
                place == SetPlace.Test ? BindingDiagnostics.ServiceInUnion : BindingDiagnostics.MisplacedService,
                service.Span, service.Name.Value);
        }
        else if (!file.HasService(service.Name.Value))
        {
            file.Build.ReportUnknown(file, file.Build.Services, service.Name);
        }

        return new AddressSet.Service(service.Name.Value);
    }

    private static AddressSet.Cidr BindCidr(FileScope file, SetSyntax.Cidr cidr)
    {
        var include = PrefixBinder.Bind(file, cidr.Include);
        var except = ImmutableArray.CreateBuilder<Prefix>();
        var around = cidr.Except.IsEmpty || include.Length < cidr.Include.Length ? null : new PrefixSet(include);
        foreach (var written in cidr.Except)
        {
            if (PrefixBinder.Bind(file, written) is not { } prefix)
            {
                continue;
            }

            except.Add(prefix);
            if (around?.Contains(prefix) == false)
            {
                file.Report(BindingDiagnostics.ExceptOutside, written.Span, written.Value);
            }
        }

        return new AddressSet.Cidr(include, except.ToImmutable());
    }

    private static NamespaceScope BindScope(FileScope file, SetSyntax.Pods pods, SetPlace place)
    {
        switch (pods.Scope)
        {
            case null:
                return new NamespaceScope.One(file.DefaultNamespace);
            case ScopeSyntax.One one:
                return new NamespaceScope.One(one.Name.Value);
            case ScopeSyntax.Any:
                return new NamespaceScope.Any();
            case ScopeSyntax.Same same:
                if (place is not (SetPlace.IngressPeer or SetPlace.EgressPeer))
                {
                    file.Report(BindingDiagnostics.SameNamespaceOutsidePeer, same.Span);
                }

                return new NamespaceScope.Same();
            case ScopeSyntax.Matching matching:
                return new NamespaceScope.Matching(PredicateBinder.Bind(matching.Where));
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>The first part that holds other addresses than endpoints'; null where there is none.</summary>
    private static AddressSet? FindOther(AddressSet set) => set switch
    {
        AddressSet.Pods or AddressSet.Any or AddressSet.Service => null,
        AddressSet.Named named => FindOther(named.Set) switch
        {
            null => null,
            AddressSet.Host host => host,
            _ => named,
        },
        AddressSet.Union union => union.Parts.Select(FindOther).FirstOrDefault(other => other is not null),
        AddressSet.Intersection intersection => intersection.Parts.Select(FindOther).FirstOrDefault(other => other is not null),
        AddressSet.Difference difference => FindOther(difference.Left) ?? FindOther(difference.Right),
        _ => set,
    };

    private static string Describe(AddressSet set) => set switch
    {
        AddressSet.World => "`world`",
        AddressSet.Host => "`host`",
        AddressSet.Nodes => "`nodes`",
        AddressSet.Cidr => "`cidr`",
        AddressSet.Named named => $"group `{named.Name}`",
        _ => throw new UnreachableException(),
    };
}
