using System.Text.Json;
using System.Text.Json.Nodes;

namespace Netpol.Lab.Cni;

/// <summary>A plugin's "no".</summary>
public sealed class CniFailureException : Exception
{
    public CniFailureException()
        : this("")
    {
    }

    public CniFailureException(string message)
        : base(message)
    {
    }

    public CniFailureException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public CniFailureException(string subject, PluginAnswer answer)
        : base($"{subject}: exit code {answer.ExitCode}: {answer.Output}{answer.Error}") => Answer = answer;

    public PluginAnswer Answer { get; } = new(1, "", "");

    /// <summary><c>code</c> of the error object; 0 where the plugin did not write one.</summary>
    public int Code => Field("code")?.GetValue<int>() ?? 0;

    /// <summary><c>msg</c> of the error object.</summary>
    public string Reason => Field("msg")?.GetValue<string>() ?? "";

    private JsonNode? Field(string name)
    {
        try
        {
            return JsonNode.Parse(Answer.Output)?[name];
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
