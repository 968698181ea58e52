using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Netpol.Model;
using Netpol.Semantics;
using Netpol.Semantics.Analysis;

namespace Netpol.Cli;

/// <summary>A difference as one JSON object; docs/cli.md has the fields.</summary>
internal static class DiffJson
{
    public static JsonObject Document(string old, string @new, ModelDifference difference) => new()
    {
        ["old"] = old,
        ["new"] = @new,
        ["changed"] = !difference.IsEmpty,
        ["summary"] = new JsonObject
        {
            ["regions"] = difference.Regions.Length,
            ["widened"] = difference.Regions.Count(region => region.Change == ChangeKind.Widened),
            ["narrowed"] = difference.Regions.Count(region => region.Change == ChangeKind.Narrowed),
            ["other"] = difference.Regions.Count(region => region.Change == ChangeKind.Other),
            ["services"] = difference.Services.Length,
            ["qos"] = difference.Qos.Length,
        },
        ["regions"] = new JsonArray([.. difference.Regions.Select(Region)]),
        ["services"] = new JsonArray([.. difference.Services.Select(Service)]),
        ["qos"] = new JsonArray([.. difference.Qos.Select(Qos)]),
        ["families"] = new JsonArray([.. difference.Families.Select(Family)]),
    };

    public static JsonNode Region(ChangedRegion region) => new JsonObject
    {
        ["direction"] = Word(region.Direction),
        ["change"] = Word(region.Change),
        ["effect"] = Word(region.Effect),
        ["from"] = End(region.From),
        ["to"] = End(region.To),
        ["namespaces"] = region.Relation switch
        {
            NamespaceRelation.Same => "same",
            NamespaceRelation.Other => "other",
            _ => "any",
        },
        ["ports"] = region.Traffic.Terms.IsEmpty ? JsonOutput.Array(["any"]) : JsonOutput.Array(region.Traffic.Terms.Select(term => term.ToString())),
        ["receiverCalls"] = new JsonObject(region.Traffic.ReceiverCalls.Select(name => KeyValuePair.Create(name.Key, (JsonNode?)name.Value))),
        ["through"] = region.Traffic.Ways.IsEmpty ? JsonOutput.Array(["any"]) : JsonOutput.Array(region.Traffic.Ways),
        ["old"] = Side(region.Old, region.Example.Old),
        ["new"] = Side(region.New, region.Example.New),
        ["witness"] = FlowJson.Of(region.Example),
    };

    private static JsonObject Side(DecidedSide side, Judgement judgement) => new()
    {
        ["verdict"] = EvalOutput.Word(side.Outcome.Verdict),
        ["limit"] = side.Outcome.Limit is { } limit ? RuleText.Of(limit) : null,
        ["http"] = side.Outcome.Inspection?.Text,
        ["rules"] = JsonOutput.Array(side.Rules.Select(rule => rule.Origin.ToString())),
        ["isolatedBy"] = JsonOutput.Array(side.Isolating.Select(policy => policy.Origin.ToString())),
        ["witness"] = JsonNode.Parse(EvalOutput.Json(judgement)),
    };

    private static JsonObject End(EndSet set) => new()
    {
        ["set"] = set.Text,
        ["terms"] = new JsonArray([.. set.Terms.Select(Term)]),
    };

    private static JsonNode Term(EndTerm term)
    {
        var json = new JsonObject
        {
            ["kind"] = term.Kind switch
            {
                EndKind.Endpoint => "endpoint",
                EndKind.OwnNode => "host",
                EndKind.OtherNode => "node",
                _ => "address",
            },
        };
        if (term.Namespaces is { } names)
        {
            json["namespace"] = Values(names);
        }

        if (!term.NamespaceLabels.IsEmpty)
        {
            json["namespaceLabels"] = Labels(term.NamespaceLabels);
        }

        if (!term.Labels.IsEmpty)
        {
            json["labels"] = Labels(term.Labels);
        }

        if (!term.Answered.IsEmpty)
        {
            json["dns"] = new JsonObject(term.Answered.Select(answered => KeyValuePair.Create(answered.Key, (JsonNode?)answered.Value)));
        }

        if (!term.Addresses.IsEmpty)
        {
            json["addresses"] = JsonOutput.Array(term.Addresses.Select(prefix => prefix.ToString()));
        }

        if (!term.ExceptAddresses.IsEmpty)
        {
            json["exceptAddresses"] = JsonOutput.Array(term.ExceptAddresses.Select(prefix => prefix.ToString()));
        }

        return json;
    }

    private static JsonObject Labels(ImmutableSortedDictionary<string, ValueSet> labels) =>
        new(labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)Values(label.Value))));

    private static JsonObject Values(ValueSet values) => new()
    {
        [values.IsExcept ? "notIn" : "in"] = JsonOutput.Array(values.Values),
        ["absent"] = values.HoldsAbsent,
    };

    private static JsonNode Service(ServiceChange change) => new JsonObject
    {
        ["name"] = change.Name,
        ["change"] = change.Old is null ? "added" : change.New is null ? "removed" : "changed",
        ["old"] = change.Old?.Origin.ToString(),
        ["new"] = change.New?.Origin.ToString(),
        ["differences"] = JsonOutput.Array(change.Differences),
    };

    private static JsonNode Qos(QosChange change) => new JsonObject
    {
        ["endpoints"] = End(change.Endpoints),
        ["old"] = Qos(change.Old),
        ["new"] = Qos(change.New),
    };

    private static JsonObject Qos(EffectiveQos qos) => new()
    {
        ["egress"] = qos.Egress is null ? null : Text(qos.Egress),
        ["ingress"] = qos.Ingress is null ? null : Text(qos.Ingress),
        ["priority"] = qos.Priority is { } priority ? Word(priority) : null,
    };

    /// <summary><c>100000000bit/s burst 1048576B</c>, in the smallest units, so that equal rates are equal texts.</summary>
    public static string Text(EffectiveRate? rate) =>
        rate is not { } known ? "" : string.Create(CultureInfo.InvariantCulture, $"{known.BitsPerSecond}bit/s{(known.BurstBytes is { } burst ? $" burst {burst}B" : "")}");

    public static string Word(QosPriority priority) => priority switch
    {
        QosPriority.Guaranteed => "guaranteed",
        QosPriority.Burstable => "burstable",
        QosPriority.BestEffort => "best-effort",
        _ => throw new UnreachableException(),
    };

    private static JsonNode Family(FamilyChange change) => new JsonObject
    {
        ["family"] = change.Family == IpFamily.V4 ? "ipv4" : "ipv6",
        ["change"] = change.IsJudged ? "widened" : "narrowed",
    };

    public static string Word(Direction direction) => direction == Direction.Egress ? "egress" : "ingress";

    public static string Word(ChangeKind change) => change.ToString().ToLowerInvariant();

    private static string Word(ChangeEffect effect) => effect.ToString().ToLowerInvariant();
}
