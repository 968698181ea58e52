using System.Collections.Immutable;
using System.Text.Json;
using Netpol.Model;
using Netpol.Questions;
using Netpol.Semantics;

namespace Netpol.Cli;

/// <summary>
/// Reads flows, one JSON object a line: <c>{"from": E, "to": E, "port": "8080/tcp"}</c>, E an address, <c>pod:ns/key=value</c>
/// or an object (docs/cli.md). What is written alike is read once, so that ten thousand lines about a hundred endpoints
/// make a hundred endpoints.
/// </summary>
internal sealed class EvalFlowFile(UnusedAddresses unused)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly Dictionary<string, FlowEnd> _ends = new(StringComparer.Ordinal);

    /// <summary>The question of one line.</summary>
    /// <param name="problem">Why there is none, in one sentence.</param>
    public FlowQuestion? Read(string line, out string problem)
    {
        try
        {
            using var document = JsonDocument.Parse(line, Strict);
            problem = "";
            return Question(document.RootElement);
        }
        catch (JsonException exception)
        {
            problem = $"not a JSON object: {Cause(exception)}{(exception.BytePositionInLine is { } at ? $" (byte {at + 1})" : "")}";
            return null;
        }
        catch (InvalidOperationException)
        {
            // Strings are decoded when they are asked for; an escape such as \ud800 alone is no character.
            problem = "not a JSON object: a string holds half a surrogate pair";
            return null;
        }
        catch (MalformedFlowException exception)
        {
            problem = exception.Message;
            return null;
        }
    }

    /// <summary>The message without the place behind it: a line of this file is a document of its own there.</summary>
    private static string Cause(JsonException exception)
    {
        var place = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (place < 0 ? exception.Message : exception.Message[..place]).TrimEnd('.').ReplaceLineEndings(" ");
    }

    private FlowQuestion Question(JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Object)
        {
            throw new MalformedFlowException("a flow is a JSON object with `from`, `to` and `port`");
        }

        Expect(line, "a flow", "from", "to", "port", "others");
        var (from, to) = (End(Required(line, "from"), "from"), End(Required(line, "to"), "to"));
        var traffic = FlowPort.Read(Text(Required(line, "port"), "port"), out var problem) ?? throw new MalformedFlowException(problem);
        var others = line.TryGetProperty("others", out var list)
            ? Items(list, "others").Select(item => End(item, "others").Endpoint ?? throw new MalformedFlowException("`others` holds endpoints only"))
            : [];
        return FlowQuestion.Of(from, to, traffic, [.. others], unused, out problem) ?? throw new MalformedFlowException(problem);
    }

    private FlowEnd End(JsonElement value, string field)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return FlowEnd.Read(value.GetString() ?? "", out var problem) ?? throw new MalformedFlowException($"`{field}`: {problem}");
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new MalformedFlowException($"`{field}` is an address or an endpoint object");
        }

        var text = value.GetRawText();
        if (!_ends.TryGetValue(text, out var end))
        {
            _ends.Add(text, end = value.TryGetProperty("node", out var node) ? Node(value, node, field) : new(null, Endpoint(value, field)));
        }

        return end;
    }

    private static FlowEnd Node(JsonElement value, JsonElement node, string field)
    {
        Expect(value, $"`{field}`", "node", "address");
        return Text(node, "node") is FlowEnd.OwnNode or FlowEnd.AnotherNode
            ? new(ReadAddress(Text(Required(value, "address"), "address")), null, Text(node, "node"))
            : throw new MalformedFlowException($"`node` is `{FlowEnd.OwnNode}` or `{FlowEnd.AnotherNode}`");
    }

    private static Endpoint Endpoint(JsonElement value, string field)
    {
        Expect(value, $"`{field}`", "namespace", "namespaceLabels", "labels", "addresses", "ports", "name", "resolved");
        var addresses = value.TryGetProperty("addresses", out var list)
            ? Items(list, "addresses").Select(item => ReadAddress(Text(item, "addresses")))
            : [];
        var ports = value.TryGetProperty("ports", out var map)
            ? Members(map, "ports").SelectMany(member => Ports(member.Name, member.Value))
            : [];
        return new(
            Text(Required(value, "namespace"), "namespace"),
            Labels(value, "namespaceLabels"),
            Labels(value, "labels"),
            [.. addresses],
            [.. ports],
            value.TryGetProperty("name", out var name) ? Text(name, "name") : null)
        {
            Resolved = value.TryGetProperty("resolved", out var answers) ? [.. Members(answers, "resolved").SelectMany(Answers)] : [],
        };
    }

    private static IEnumerable<ResolvedName> Answers(JsonProperty answer) => Items(answer.Value, "resolved")
        .Select(address => new ResolvedName(answer.Name.TrimEnd('.').ToLowerInvariant(), ReadAddress(Text(address, "resolved"))));

    private static IEnumerable<NamedPort> Ports(string name, JsonElement value)
    {
        foreach (var item in value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().AsEnumerable() : [value])
        {
            var text = Text(item, "ports");
            yield return FlowPort.NumberAndProtocol(text) is var (port, protocol)
                ? new NamedPort(name, protocol, port)
                : throw new MalformedFlowException($"{Quoted.Of(text)} is no port: write `8080/tcp`");
        }
    }

    private static Dictionary<string, string> Labels(JsonElement value, string field) =>
        value.TryGetProperty(field, out var map)
            ? Members(map, field).ToDictionary(member => member.Name, member => Text(member.Value, field), StringComparer.Ordinal)
            : [];

    private static Address ReadAddress(string text) =>
        Address.TryParse(text, out var address) ? address : throw new MalformedFlowException($"{Quoted.Of(text)} is no IP address");

    private static void Expect(JsonElement value, string what, params ReadOnlySpan<string> known)
    {
        foreach (var member in value.EnumerateObject())
        {
            if (!known.Contains(member.Name))
            {
                throw new MalformedFlowException($"{what} has no field {Quoted.Of(member.Name)}: it has {string.Join(", ", known.ToArray())}");
            }
        }
    }

    private static JsonElement Required(JsonElement value, string field) =>
        value.TryGetProperty(field, out var member) ? member : throw new MalformedFlowException($"`{field}` is missing");

    private static string Text(JsonElement value, string field) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { } text
            ? text
            : throw new MalformedFlowException($"`{field}` holds {Kind(value)} where a string is expected");

    private static JsonElement.ArrayEnumerator Items(JsonElement value, string field) =>
        value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray()
            : throw new MalformedFlowException($"`{field}` holds {Kind(value)} where a list is expected");

    private static JsonElement.ObjectEnumerator Members(JsonElement value, string field) =>
        value.ValueKind == JsonValueKind.Object
            ? value.EnumerateObject()
            : throw new MalformedFlowException($"`{field}` holds {Kind(value)} where an object is expected");

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    /// <summary>Ends the reading of one line; its message is the diagnostic.</summary>
    private sealed class MalformedFlowException(string message) : Exception(message);
}
