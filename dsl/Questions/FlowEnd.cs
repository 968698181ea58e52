using System.Collections.Immutable;
using Netpol.Model;
using Netpol.Semantics;

namespace Netpol.Questions;

/// <summary>One end of a flow as a person or a line gives it: an address, or an endpoint that may have none yet.</summary>
/// <param name="Node">Of the node that has the address: <see cref="OwnNode"/> or <see cref="AnotherNode"/>; null where it is no node.</param>
public sealed record FlowEnd(Address? Address, Endpoint? Endpoint, string? Node = null)
{
    /// <summary>The node of all endpoints of the question, by a socket of its own.</summary>
    public const string OwnNode = "host";

    /// <summary>Another node, or one that forwards under its own address.</summary>
    public const string AnotherNode = "other";

    private const string Forms = "write an address, or `pod:namespace/key=value,key=value`, with `@10.0.0.5,fd00::5` behind it for its addresses";

    /// <summary>
    /// <c>pod:ns/key=value,key=value[@address,address][#name=port/protocol,…]</c> or an address. Labels and values hold
    /// neither <c>@</c> nor <c>#</c> in Kubernetes.
    /// </summary>
    /// <param name="problem">Why it is neither, in one sentence.</param>
    public static FlowEnd? Read(string text, out string problem)
    {
        problem = $"{Quoted.Of(text)} is no end of a flow: {Forms}";
        if (!text.StartsWith("pod:", StringComparison.Ordinal))
        {
            return Model.Address.TryParse(text, out var address) ? new(address, null) : null;
        }

        var (withoutPorts, ports) = Cut(text[4..], '#');
        var (withoutAddresses, addresses) = Cut(withoutPorts, '@');
        var (@namespace, labels) = Cut(withoutAddresses, '/', last: false);
        var endpoint = @namespace.Length == 0 ? null : Build(@namespace, labels, addresses, ports, ref problem);
        return endpoint is null ? null : new(null, endpoint);
    }

    private static Endpoint? Build(string @namespace, string labels, string addresses, string ports, ref string problem)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var label in Split(labels))
        {
            var (key, value) = Cut(label, '=', last: false);
            if (key.Length == 0 || !label.Contains('=', StringComparison.Ordinal) || !known.TryAdd(key, value))
            {
                problem = $"{Quoted.Of(label)} is no label, or its key is there twice: write `key=value`";
                return null;
            }
        }

        var own = ImmutableArray.CreateBuilder<Address>();
        foreach (var written in Split(addresses))
        {
            if (!Model.Address.TryParse(written, out var address))
            {
                problem = $"{Quoted.Of(written)} is no IP address";
                return null;
            }

            own.Add(address);
        }

        var named = ImmutableArray.CreateBuilder<NamedPort>();
        foreach (var written in Split(ports))
        {
            var (name, port) = Cut(written, '=', last: false);
            if (FlowPort.NumberAndProtocol(port) is not var (number, protocol))
            {
                problem = $"{Quoted.Of(written)} is no named port: write `http=8080/tcp`";
                return null;
            }

            named.Add(new(name, protocol, number));
        }

        return new Endpoint(
            @namespace, ImmutableDictionary<string, string>.Empty, known, own.ToImmutable(), named.ToImmutable());
    }

    private static (string Before, string After) Cut(string text, char separator, bool last = true)
    {
        var at = last ? text.LastIndexOf(separator) : text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
    }

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
