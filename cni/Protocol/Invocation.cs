namespace Netpol.Cni.Protocol;

/// <summary>What a runtime says by environment variables. A variable that the command does not require may be empty.</summary>
/// <param name="NetworkNamespace">Path of the container's network namespace, <c>CNI_NETNS</c>.</param>
/// <param name="InterfaceName">The container's interface, <c>CNI_IFNAME</c>.</param>
/// <param name="Arguments"><c>CNI_ARGS</c>, undecoded.</param>
/// <param name="PluginPath">Folders to look for other plugins, separated by colons, <c>CNI_PATH</c>.</param>
internal sealed record Invocation(
    string Command, string ContainerId, string NetworkNamespace, string InterfaceName, string Arguments, string PluginPath)
{
    public const string CommandVariable = "CNI_COMMAND";
    public const string ContainerIdVariable = "CNI_CONTAINERID";
    public const string NetworkNamespaceVariable = "CNI_NETNS";
    public const string InterfaceNameVariable = "CNI_IFNAME";
    public const string ArgumentsVariable = "CNI_ARGS";
    public const string PluginPathVariable = "CNI_PATH";

    /// <summary>IFNAMSIZ without the terminating zero.</summary>
    private const int LongestInterfaceName = 15;

    public static Invocation Read(Func<string, string?> environment) => new(
        environment(CommandVariable) ?? "",
        environment(ContainerIdVariable) ?? "",
        environment(NetworkNamespaceVariable) ?? "",
        environment(InterfaceNameVariable) ?? "",
        environment(ArgumentsVariable) ?? "",
        environment(PluginPathVariable) ?? "");

    /// <summary>Refuses names that the specification or the kernel does not allow, before they become file names.</summary>
    public void RequireValidNames()
    {
        if (ContainerId.Length > 0 && !IsIdentifier(ContainerId))
        {
            throw new CniException(
                CniErrorCode.InvalidEnvironment,
                $"CNI_CONTAINERID `{ContainerId}` is not a container id",
                "it begins with a letter or digit and holds letters, digits, `_`, `.` and `-`");
        }

        if (InterfaceName.Length > 0 && !IsInterfaceName(InterfaceName))
        {
            throw new CniException(
                CniErrorCode.InvalidEnvironment,
                $"CNI_IFNAME `{InterfaceName}` is not an interface name",
                $"it has at most {LongestInterfaceName} characters, is not `.` or `..`, and holds no `/`, `:` or blank");
        }
    }

    /// <summary>What the specification takes as container id and as network name.</summary>
    public static bool IsIdentifier(string text) =>
        text.Length > 0
        && char.IsAsciiLetterOrDigit(text[0])
        && text.AsSpan().IndexOfAnyExcept(IdentifierCharacters) < 0;

    // The kernel's dev_valid_name().
    private static bool IsInterfaceName(string text) =>
        text.Length is > 0 and <= LongestInterfaceName
        && text is not "." and not ".."
        && !text.Any(character => character is '/' or ':' || char.IsWhiteSpace(character));

    private static readonly System.Buffers.SearchValues<char> IdentifierCharacters = System.Buffers.SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");
}
