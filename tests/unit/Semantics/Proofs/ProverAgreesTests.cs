using CsCheck;
using Netpol.Model;
using Netpol.Semantics.Proofs;

namespace Netpol.Tests.Unit.Semantics.Proofs;

public sealed class ProverAgreesTests
{
    [Fact]
    public void The_prover_and_an_enumeration_of_everything_come_to_the_same()
    {
        Gen.Select(Model, RandomModels.Line).Sample(
            (model, line) =>
            {
                if (line.To is TestSide.Service && model.Services.IsEmpty)
                {
                    return;
                }

                var outcome = Assert.Single(TestProver.Prove(Of(model, line))).Outcome;

                var expected = Expected(model, line);
                Assert.True(expected switch
                {
                    // A service that serves this side by no family, or by no name: nothing is meant, or all is rejected.
                    "unnamed" => outcome is ProofOutcome.Empty,
                    "rejected" => outcome is ProofOutcome.Fails or ProofOutcome.Empty,
                    _ => Word(outcome) == expected || (line.To is TestSide.Service && outcome is ProofOutcome.Empty && expected == "holds"),
                }, $"{expected} by enumeration, {Word(outcome)} by proof");
            },
            iter: 100,
            print: pair => Describe(pair.Item1, pair.Item2));
    }

    [Fact]
    public void Assertions_hold_exactly_where_an_enumeration_finds_nobody_let_through()
    {
        Gen.Select(Model, RandomModels.Line, Gen.Bool).Sample(
            (model, line, isOnly) =>
            {
                if (line.To is TestSide.Service || line.From is not TestSide.Set || line.To is not TestSide.Set)
                {
                    return;
                }

                var denied = line with { Expected = RuleAction.Deny };
                var assertion = new Assertion("a", isOnly ? AssertionKind.Only : AssertionKind.Never, line.From, line.To, line.Ports, line.Origin);
                var outcome = Assert.Single(AssertionProver.Prove(model with { Assertions = [assertion] })).Outcome;

                var (meant, allowed) = new Enumeration(model, denied, isOutside: isOnly).Count();
                var isAnyoneLeft = !isOnly || new Enumeration(model, denied with { To = new TestSide.Set(Build.Any), Ports = [] }).Count().Meant > 0;
                Assert.Equal(!isAnyoneLeft || meant == 0 ? "empty" : allowed == 0 ? "holds" : "fails", Word(outcome));
            },
            iter: 100,
            print: row => Describe(row.Item1, row.Item2));
    }

    /// <summary>In any tier, with an assumption now and then.</summary>
    private static Gen<NetworkModel> Model => Gen.Select(Analysis.RandomTiers.Model, RandomModels.EndpointSet, Gen.Int[0, 3], (model, set, choice) =>
        choice == 0 ? model with { Assumptions = [new Assumption(Build.Both(set, Build.PodsAnywhere("a=x")), Build.Place(98))] } : model);

    private static NetworkModel Of(NetworkModel model, TestLine line) =>
        model with { Tests = [new TestCase("t", [line], Build.Place(99))] };

    private static string Expected(NetworkModel model, TestLine line)
    {
        var enumeration = new Enumeration(model, line);
        var (meant, allowed) = enumeration.Count();
        if (line.To is TestSide.Service)
        {
            // What the service has no port for is rejected; without a word it is every port that it has.
            // An ICMP packet is of one family: where nobody can ask in that, it is none.
            var missing = line.Ports.Where(match => !model.Services[0].Ports.Any(port => Enumeration.MeansServicePort(match, port))
                && (match is not PortMatch.Icmp icmp || enumeration.CanAsk(icmp.Family))).ToList();
            return missing.OfType<PortMatch.Named>().Any() ? "unnamed"
                : line.Expected == RuleAction.Allow && (missing.Count > 0 || meant == 0) ? "rejected"
                : line.Expected == RuleAction.Allow && enumeration.IsSomeFamilyUnserved() ? "fails"
                : Compare(meant, allowed, line);
        }

        return meant == 0 ? "empty" : Compare(meant, allowed, line);
    }

    private static string Compare(int meant, int allowed, TestLine line) =>
        (line.Expected == RuleAction.Allow ? allowed == meant : allowed == 0) ? "holds" : "fails";

    private static string Word(ProofOutcome outcome) => outcome switch
    {
        ProofOutcome.Holds => "holds",
        ProofOutcome.Fails => "fails",
        ProofOutcome.Empty => "empty",
        _ => "undecided",
    };

    private static string Describe(NetworkModel model, TestLine line) =>
        string.Join('\n', model.Policies.Select(policy => $"{policy.Name} for {Set(policy.For)}: " + string.Join("; ", policy.Blocks.Select(block =>
            $"{block.Direction} {{ {string.Join(", ", block.Rules.Select(rule => $"{rule.Action} {Set(rule.Peer)} on [{string.Join(' ', rule.Ports)}]"))} }}"))))
        + $"\nservices {string.Join(", ", model.Services.Select(service => $"{string.Join(' ', service.Addresses)} {service.Ports[0].Port}/{service.Ports[0].Protocol} -> {service.Ports[0].Target} {(service.Backends is BackendSource.Endpoints endpoints ? Set(endpoints.Set) : "literal")}"))}"
        + $"\npods {string.Join(' ', model.Cluster.PodRanges)}\n{Side(line.From)} -> {Side(line.To)} on [{string.Join(' ', line.Ports)}] {line.Expected}";

    private static string Side(TestSide side) => side is TestSide.Set set ? Set(set.Addresses) : side.ToString();

    private static string Set(AddressSet set) => set switch
    {
        AddressSet.Cidr cidr => $"cidr {string.Join(',', cidr.Include)} except {string.Join(',', cidr.Except)}",
        AddressSet.Union union => $"({string.Join(" | ", union.Parts.Select(Set))})",
        AddressSet.Intersection intersection => $"({string.Join(" & ", intersection.Parts.Select(Set))})",
        AddressSet.Difference difference => $"({Set(difference.Left)} - {Set(difference.Right)})",
        _ => set.ToString(),
    };
}
