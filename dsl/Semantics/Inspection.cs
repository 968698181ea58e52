using System.Collections.Immutable;
using Netpol.Model;

namespace Netpol.Semantics;

/// <summary>The requests that pass on an inspected connection: those of any of the blocks. Two are equal that have the same requests, wherever they are written.</summary>
public sealed class Inspection : IEquatable<Inspection>
{
    private readonly ImmutableSortedDictionary<string, HttpMatch> _requests;

    private Inspection(ImmutableSortedDictionary<string, HttpMatch> requests)
    {
        _requests = requests;
        Text = string.Join("; ", requests.Keys);
    }

    /// <summary>As in <c>http { }</c>, in ordinal order.</summary>
    public string Text { get; }

    public static Inspection Of(IEnumerable<HttpMatch> requests) => new(requests.GroupBy(TextOf)
        .ToImmutableSortedDictionary(same => same.Key, same => same.First(), StringComparer.Ordinal));

    public Inspection With(Inspection other) => Of(_requests.Values.Concat(other._requests.Values));

    /// <summary>Each written request by itself.</summary>
    public IEnumerable<Inspection> Singly() => _requests.Values.Select(request => Of([request]));

    public bool Lets(HttpRequest request) => _requests.Values.Any(request.Matches);

    /// <summary>Is every request of the other written here too?</summary>
    public bool Holds(Inspection other) => other._requests.Keys.All(_requests.ContainsKey);

    public bool Equals(Inspection? other) => other is not null && other.Text == Text;

    public override bool Equals(object? obj) => Equals(obj as Inspection);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Text);

    public override string ToString() => Text;

    private static string TextOf(HttpMatch request)
    {
        var headers = request.Headers.Select(header => $"header {Quoted(header.Name)} == {Quoted(header.Value)}").Order(StringComparer.Ordinal).ToList();
        return $"{request.Method ?? "any"} {Quoted(request.Path)}{(headers.Count == 0 ? "" : $" where {string.Join(" and ", headers)}")}";
    }

    private static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
