using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Netpol.Cni.Configuration;
using Netpol.Cni.Protocol;

namespace Netpol.Cni.Ipam;

/// <summary>
/// Another plugin that gives and takes addresses (specification, section 4: delegated plugins). It gets the same
/// configuration and the same variables.
/// </summary>
internal sealed class IpamPlugin(string type, Invocation invocation, byte[] config)
{
    public PreviousResult Add()
    {
        var answer = Run("ADD", invocation);
        using var document = Parse(answer);
        var result = PreviousResult.Read(document.RootElement, $"result of {type}");
        return result.Addresses.IsEmpty
            ? throw new CniException(CniErrorCode.IpamFailed, $"ipam plugin `{type}` gave no address")
            : result;
    }

    public void Check() => Run("CHECK", invocation);

    public void Delete() => Run("DEL", invocation);

    /// <summary>Takes back the addresses of another attachment, whose namespace is not known any more.</summary>
    public void Delete(AttachmentKey stale) => Run(
        "DEL", invocation with { ContainerId = stale.ContainerId, InterfaceName = stale.InterfaceName, NetworkNamespace = "" });

    private byte[] Run(string command, Invocation subject)
    {
        var start = new ProcessStartInfo(Find())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment[Invocation.CommandVariable] = command;
        start.Environment[Invocation.ContainerIdVariable] = subject.ContainerId;
        start.Environment[Invocation.NetworkNamespaceVariable] = subject.NetworkNamespace;
        start.Environment[Invocation.InterfaceNameVariable] = subject.InterfaceName;
        start.Environment[Invocation.PluginPathVariable] = subject.PluginPath;
        start.Environment[Invocation.ArgumentsVariable] = subject.Arguments;

        try
        {
            using var process = Process.Start(start) ?? throw new IOException($"ipam plugin `{type}` did not start");
            WriteConfig(process);
            using var output = new MemoryStream();
            process.StandardOutput.BaseStream.CopyTo(output);
            process.WaitForExit();
            return process.ExitCode == 0 ? output.ToArray() : throw Failure(command, output.ToArray());
        }
        catch (Win32Exception error)
        {
            throw new CniException(CniErrorCode.IpamFailed, $"ipam plugin `{type}` cannot be run: {error.Message}");
        }
    }

    // A plugin that ends without reading is judged by its exit code, not by the broken pipe.
    private void WriteConfig(Process process)
    {
        try
        {
            process.StandardInput.BaseStream.Write(config);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
        }
    }

    private string Find() => invocation.PluginPath
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, type))
        .FirstOrDefault(File.Exists)
        ?? throw new CniException(
            CniErrorCode.IpamFailed,
            $"ipam plugin `{type}` is not in CNI_PATH `{invocation.PluginPath}`",
            "install it there, or name another in `ipam.type`");

    private JsonDocument Parse(byte[] answer)
    {
        try
        {
            return JsonDocument.Parse(answer);
        }
        catch (JsonException error)
        {
            throw new CniException(CniErrorCode.IpamFailed, $"ipam plugin `{type}` answered no JSON", error.Message);
        }
    }

    private CniException Failure(string command, byte[] output)
    {
        // The error object of the specification, if the plugin kept to it.
        try
        {
            using var document = JsonDocument.Parse(output);
            var fields = JsonFields.Of(document.RootElement, "");
            var code = fields.Integer("code") == (int)CniErrorCode.TryAgainLater ? CniErrorCode.TryAgainLater : CniErrorCode.IpamFailed;
            return new(code, $"ipam plugin `{type}`: {fields.String("msg")}", fields.String("details") ?? "");
        }
        catch (Exception error) when (error is JsonException or CniException)
        {
            return new(CniErrorCode.IpamFailed, $"ipam plugin `{type}` failed at {command}", Encoding.UTF8.GetString(output));
        }
    }
}
