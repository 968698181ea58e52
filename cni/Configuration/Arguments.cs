using System.Collections.Immutable;
using Netpol.Cni.Protocol;

namespace Netpol.Cni.Configuration;

/// <summary>
/// <c>CNI_ARGS</c>: <c>NAME=VALUE;NAME=VALUE</c> in any order. Unknown names are refused unless <c>IgnoreUnknown=1</c> is
/// among them, as stock plugins do; a misspelled name of ours is refused even then.
/// </summary>
internal static class Arguments
{
    private const string IgnoreUnknown = "IgnoreUnknown";
    private const string PodNamespace = "K8S_POD_NAMESPACE";
    private const string PodName = "K8S_POD_NAME";
    private const string OwnPrefix = "NETPOL_";
    private const string Namespace = "NETPOL_NAMESPACE";
    private const string Labels = "NETPOL_LABELS";
    private const string NamespaceLabels = "NETPOL_NAMESPACE_LABELS";
    private const string Ports = "NETPOL_PORTS";

    private static readonly ImmutableArray<string> OwnNames = [Namespace, Labels, NamespaceLabels, Ports];

    private static readonly ImmutableArray<string> KnownNames =
        [IgnoreUnknown, PodNamespace, PodName, "K8S_POD_INFRA_CONTAINER_ID", "K8S_POD_UID", .. OwnNames];

    public static IdentityLayer Read(string text)
    {
        var values = Split(text);
        RequireKnown(values);

        return new(
            NotEmpty(values, Namespace) ?? NotEmpty(values, PodNamespace),
            NotEmpty(values, PodName),
            List(values, Labels, IdentityText.ReadLabels),
            List(values, NamespaceLabels, IdentityText.ReadLabels),
            List(values, Ports, IdentityText.ReadPorts));
    }

    private static Dictionary<string, string> Split(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=');
            if (equals <= 0)
            {
                throw Invalid($"`{pair}` has no value", "arguments are written NAME=VALUE;NAME=VALUE");
            }

            values[pair[..equals]] = pair[(equals + 1)..];
        }

        return values;
    }

    private static void RequireKnown(Dictionary<string, string> values)
    {
        var isForgiving = values.TryGetValue(IgnoreUnknown, out var text) && ReadBoolean(text);
        foreach (var name in values.Keys.Where(name => !KnownNames.Contains(name)))
        {
            var isOwn = name.StartsWith(OwnPrefix, StringComparison.Ordinal);
            if (isForgiving && !isOwn)
            {
                continue;
            }

            var meant = ClosestName.Find(name, KnownNames);
            throw Invalid(
                $"unknown argument `{name}`" + (meant is null ? "" : $"; did you mean `{meant}`?"),
                isOwn ? $"arguments of the plugin netpol are {string.Join(", ", OwnNames)}" : "add IgnoreUnknown=1 to leave it to other plugins");
        }
    }

    private static bool ReadBoolean(string text) => text.ToLowerInvariant() switch
    {
        "1" or "true" => true,
        "0" or "false" => false,
        _ => throw Invalid($"`{IgnoreUnknown}={text}` is neither true nor false", "write IgnoreUnknown=1"),
    };

    private static string? NotEmpty(Dictionary<string, string> values, string name) =>
        values.TryGetValue(name, out var text) && text.Length > 0 ? text : null;

    private static ImmutableSortedDictionary<string, T>? List<T>(
        Dictionary<string, string> values,
        string name,
        Func<string, (ImmutableSortedDictionary<string, T>? Values, string Problem)> read)
    {
        if (!values.TryGetValue(name, out var text))
        {
            return null;
        }

        var (entries, problem) = read(text);
        return entries ?? throw Invalid($"`{name}`: {problem}", "");
    }

    private static CniException Invalid(string message, string details) =>
        new(CniErrorCode.InvalidEnvironment, $"CNI_ARGS: {message}", details);
}
