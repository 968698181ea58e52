using System.Diagnostics;
using Netpol.Model;
using Netpol.Syntax;

namespace Netpol.Binding;

/// <summary>What must hold: tests, with each line's sides, ports and expected verdict, assertions and assumptions.</summary>
internal sealed class TestBinder(SetBinder sets, PortBinder ports)
{
    public TestCase Bind(FileScope file, TestSyntax syntax) => new(
        syntax.Name.Value, [.. syntax.Lines.Select(line => Bind(file, line))], file.OriginOf(syntax));

    public Assertion Bind(FileScope file, AssertSyntax syntax) => new(
        syntax.Name.Value,
        syntax.Kind.Value switch
        {
            "only" => AssertionKind.Only,
            "never" => AssertionKind.Never,
            _ => throw new UnreachableException(),
        },
        Bind(file, new TestSideSyntax.Set(syntax.From), isDestination: false),
        Bind(file, new TestSideSyntax.Set(syntax.To), isDestination: true),
        ports.Bind(file, syntax.Ports),
        file.OriginOf(syntax));

    public Assumption Bind(FileScope file, AssumeSyntax syntax) =>
        new(sets.BindEndpoints(file, syntax.Set, ""), file.OriginOf(syntax));

    private TestLine Bind(FileScope file, TestLineSyntax line)
    {
        var from = Bind(file, line.From, isDestination: false);
        var to = Bind(file, line.To, isDestination: true);
        var matches = ports.Bind(file, line.Ports);
        var expected = line.Expected.Value == ActionSyntax.Allow ? RuleAction.Allow : RuleAction.Deny;
        return new(from, to, matches, expected, file.OriginOf(line)) { Request = line.Http is null ? null : HttpBinder.BindOne(file, line.Http, matches) };
    }

    private TestSide Bind(FileScope file, TestSideSyntax side, bool isDestination)
    {
        switch (side)
        {
            case TestSideSyntax.Pod pod:
                return new TestSide.Pod(pod.Namespace.Value, LabelBinder.Bind(file, pod.Labels));
            case TestSideSyntax.Set { Addresses: SetSyntax.Service service }:
                if (!isDestination)
                {
                    file.Report(BindingDiagnostics.MisplacedService, service.Span, service.Name.Value);
                }
                else if (!file.HasService(service.Name.Value))
                {
                    file.Build.ReportUnknown(file, file.Build.Services, service.Name);
                }

                return new TestSide.Service(service.Name.Value);
            case TestSideSyntax.Set set:
                return new TestSide.Set(sets.Bind(file, set.Addresses, SetPlace.Test));
            default:
                throw new UnreachableException();
        }
    }
}
