using System.Reflection;

namespace Netpol.Cli;

/// <summary>The version of this program, as <c>--version</c> says it.</summary>
internal static class ProgramVersion
{
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
}
