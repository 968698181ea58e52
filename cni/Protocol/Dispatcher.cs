using System.Collections.Immutable;
using Netpol.Cni.Configuration;

namespace Netpol.Cni.Protocol;

/// <summary>
/// Reads what the runtime wants, finds the command in a table, and answers on the output: a result, or one error
/// object and exit code 1. Environment and streams come from outside, so that tests leave out one at a time.
/// </summary>
internal sealed class Dispatcher(ImmutableArray<CommandEntry> commands)
{
    /// <summary>A configuration with a long prevResult has some kilobytes; what is longer than this is none.</summary>
    private const int LongestConfig = 16 << 20;

    private const string VersionCommand = "VERSION";

    public int Run(Func<string, string?> environment, Stream input, Stream output)
    {
        // Errors bear the version that the runtime speaks, once it is known.
        var version = CniVersion.Latest;

        // The result goes out at once and whole: a failure after the first byte would leave half a result.
        using var result = new MemoryStream();
        try
        {
            var invocation = Invocation.Read(environment);
            if (invocation.Command == VersionCommand)
            {
                version = ConfigDocument.Version(ReadAll(input));
                ResultWriter.WriteVersions(result, version);
            }
            else
            {
                Dispatch(invocation, input, result, ref version);
            }

            result.WriteTo(output);
            return 0;
        }
        catch (CniException error)
        {
            ResultWriter.WriteError(output, version, error.Code, error.Message, error.Details);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            ResultWriter.WriteError(output, version, CniErrorCode.IoFailure, error.Message, "");
        }
        catch (Exception error)
        {
            // A promise of ours is broken. The runtime still gets an error it can read and log.
            ResultWriter.WriteError(
                output, version, CniErrorCode.Internal, $"internal error: {error.Message}", error.GetType().ToString());
        }

        return 1;
    }

    private void Dispatch(Invocation invocation, Stream input, Stream result, ref string version)
    {
        var command = Find(invocation.Command);
        RequireVariables(command, invocation);
        invocation.RequireValidNames();

        var text = ReadAll(input);
        var document = ConfigDocument.Parse(text);
        version = ConfigDocument.Version(document);
        CniVersion.Require(version);

        var config = ConfigReader.Read(document, text);
        command.Run(invocation, config, result);
    }

    private CommandEntry Find(string name)
    {
        if (name.Length == 0)
        {
            throw Missing(Invocation.CommandVariable);
        }

        return commands.FirstOrDefault(command => command.Name == name)
            ?? throw new CniException(
                CniErrorCode.InvalidEnvironment,
                $"CNI_COMMAND `{name}` is not a command",
                $"commands are {string.Join(", ", commands.Select(command => command.Name))}, {VersionCommand}");
    }

    private static void RequireVariables(CommandEntry command, Invocation invocation)
    {
        var missing = command.Requires.Where(variable => Value(invocation, variable).Length == 0).ToArray();
        if (missing.Length > 0)
        {
            throw Missing(missing);
        }
    }

    private static string Value(Invocation invocation, string variable) => variable switch
    {
        Invocation.ContainerIdVariable => invocation.ContainerId,
        Invocation.NetworkNamespaceVariable => invocation.NetworkNamespace,
        Invocation.InterfaceNameVariable => invocation.InterfaceName,
        Invocation.PluginPathVariable => invocation.PluginPath,
        _ => throw new System.Diagnostics.UnreachableException(variable),
    };

    private static CniException Missing(params string[] variables) => new(
        CniErrorCode.InvalidEnvironment,
        $"required environment variables missing: {string.Join(", ", variables)}",
        "this program is a CNI plugin: a container runtime starts it, with a configuration on its standard input");

    private static byte[] ReadAll(Stream input)
    {
        using var copy = new MemoryStream();
        var chunk = new byte[4 << 10];
        int count;
        while ((count = input.Read(chunk)) > 0)
        {
            if (copy.Length + count > LongestConfig)
            {
                throw new CniException(
                    CniErrorCode.DecodingFailure, $"the configuration on standard input is longer than {LongestConfig >> 20} MiB");
            }

            copy.Write(chunk.AsSpan(0, count));
        }

        return copy.ToArray();
    }
}
