using System.Collections.Immutable;
using System.Text.Json;
using Netpol.Cni.Protocol;

namespace Netpol.Cni.Configuration;

/// <summary>From JSON to <see cref="NetworkConfig"/>. What is not known is refused by name, never ignored.</summary>
internal static class ConfigReader
{
    public const string DefaultPins = "/sys/fs/bpf/netpol";
    public const string DefaultState = "/run/netpol";

    private const string ReservedPrefix = "cni.dev/";
    private const string ValidAttachments = "cni.dev/valid-attachments";

    /// <summary>The least that IPv6 allows (RFC 8200, section 5).</summary>
    private const int LeastMtuBytes = 1280;
    private const int GreatestMtuBytes = 65535;

    /// <summary>Keys with a meaning here.</summary>
    private static readonly ImmutableArray<string> OwnKeys =
        ["bundle", "pins", "state", "hook", "cgroup", "uplinks", "xdp", "straight", "viaStack", "namespace", "labels", "namespaceLabels", "ports", "mtu"];

    /// <summary>Keys of the specification; <c>cni.dev/…</c> is reserved as a whole.</summary>
    private static readonly ImmutableArray<string> ReservedKeys =
    [
        "cniVersion", "cniVersions", "name", "type", "args", "capabilities", "runtimeConfig", "prevResult", "ipam", "dns", "ipMasq",
    ];

    private static readonly ImmutableArray<string> Hooks = ["auto", "tcx", "clsact"];

    private static readonly ImmutableArray<string> XdpModes = ["auto", "native", "generic", "none"];

    public static NetworkConfig Read(JsonElement root, byte[] text)
    {
        var fields = JsonFields.Of(root, "");
        RequireKnownKeys(fields);

        return new(
            fields.String("cniVersion") ?? CniVersion.WhenMissing,
            ReadName(fields),
            fields.String("bundle") is { } bundle ? RequireAbsolute("bundle", bundle) : null,
            RequireAbsolute("pins", fields.String("pins") ?? DefaultPins),
            RequireAbsolute("state", fields.String("state") ?? DefaultState),
            ReadHook(fields),
            fields.String("cgroup") is { } cgroup ? RequireAbsolute("cgroup", cgroup) : null,
            fields.Texts("uplinks"),
            ReadXdp(fields),
            fields.Texts("straight"),
            fields.Texts("viaStack"),
            IdentityReader.Read(fields),
            ReadIpamType(fields),
            ReadMtu(fields),
            fields.Element("dns"),
            fields.Element("prevResult"),
            ReadValidAttachments(fields),
            text);
    }

    private static void RequireKnownKeys(JsonFields fields)
    {
        foreach (var property in fields.Properties())
        {
            if (OwnKeys.Contains(property.Name) || ReservedKeys.Contains(property.Name)
                || property.Name.StartsWith(ReservedPrefix, StringComparison.Ordinal))
            {
                continue;
            }

            var meant = ClosestName.Find(property.Name, OwnKeys.Concat(ReservedKeys));
            throw new CniException(
                CniErrorCode.UnsupportedField,
                $"unknown key `{property.Name}` in the network configuration, with value `{property.Value.GetRawText()}`"
                    + (meant is null ? "" : $"; did you mean `{meant}`?"),
                $"keys of the plugin netpol are {string.Join(", ", OwnKeys)}");
        }

        if (fields.Boolean("ipMasq"))
        {
            throw new CniException(
                CniErrorCode.UnsupportedField,
                "key `ipMasq` with value `true` is not supported",
                "chain netpol after a plugin that masquerades, such as ptp or bridge");
        }
    }

    private static string ReadName(JsonFields fields)
    {
        var name = fields.RequiredString("name");
        return Invocation.IsIdentifier(name)
            ? name
            : throw new CniException(
                CniErrorCode.InvalidConfig,
                $"`name`: `{name}` is not a network name",
                "it begins with a letter or digit and holds letters, digits, `_`, `.` and `-`");
    }

    private static string ReadHook(JsonFields fields) => RequireOneOf("hook", fields.String("hook") ?? Hooks[0], Hooks);

    private static string? ReadXdp(JsonFields fields) => fields.String("xdp") is { } mode ? RequireOneOf("xdp", mode, XdpModes) : null;

    private static string RequireOneOf(string key, string value, ImmutableArray<string> known) => known.Contains(value)
        ? value
        : throw new CniException(CniErrorCode.InvalidConfig, $"`{key}`: `{value}` is not one of {string.Join(", ", known)}");

    private static string? ReadIpamType(JsonFields fields)
    {
        // `"ipam": {}` is how a conflist says "no addresses here".
        var type = fields.Object("ipam")?.String("type");
        if (string.IsNullOrEmpty(type))
        {
            return null;
        }

        return type.Contains('/')
            ? throw new CniException(CniErrorCode.InvalidConfig, $"`ipam.type`: `{type}` is not the name of a plugin")
            : type;
    }

    private static int? ReadMtu(JsonFields fields) => fields.Integer("mtu") switch
    {
        null or 0 => null,
        int mtu and >= LeastMtuBytes and <= GreatestMtuBytes => mtu,
        int mtu => throw new CniException(
            CniErrorCode.InvalidConfig, $"`mtu`: {mtu} is not between {LeastMtuBytes} and {GreatestMtuBytes}"),
    };

    private static ImmutableArray<AttachmentKey>? ReadValidAttachments(JsonFields fields)
    {
        if (fields.Element(ValidAttachments) is null)
        {
            return null;
        }

        return
        [
            .. fields.Array(ValidAttachments).Select((entry, index) =>
            {
                var attachment = JsonFields.Of(entry, $"{ValidAttachments}[{index}]");
                return new AttachmentKey(attachment.RequiredString("containerID"), attachment.RequiredString("ifname"));
            }),
        ];
    }

    private static string RequireAbsolute(string key, string path) =>
        Path.IsPathRooted(path) && !path.Contains('\0')
            ? path
            : throw new CniException(
                CniErrorCode.InvalidConfig,
                $"`{key}`: `{path}` is not an absolute path",
                "a plugin's working folder is the runtime's, so a relative path has no meaning");
}
