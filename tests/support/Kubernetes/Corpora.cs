using Xunit;
using Xunit.Abstractions;

namespace Netpol.Tests.Support.Kubernetes;

/// <summary>
/// Policies of other projects, which are not part of this repository: at <c>NETPOL_CORPORA</c>, or at
/// <c>../shared/corpora</c> beside the repository.
/// </summary>
public static class Corpora
{
    private const string Variable = "NETPOL_CORPORA";

    /// <summary>A folder of the corpora; null where they are absent, which the test's output says.</summary>
    public static string? Folder(string name, ITestOutputHelper output)
    {
        var root = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given
            ? given
            : Path.GetFullPath("../shared/corpora", Repository.Root);
        var folder = Path.Combine(root, name);
        if (Directory.Exists(folder))
        {
            return folder;
        }

        // Whoever names a place means it: a typing error must not pass for a run.
        Assert.True(Environment.GetEnvironmentVariable(Variable) is null or "", $"{Variable} names {root}, which has no {name}");
        output.WriteLine($"not run: {folder} is absent. Set {Variable} to a folder with the corpora to run this test.");
        return null;
    }
}
