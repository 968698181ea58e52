using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Netpol.Testing;

namespace Netpol.Tests.Support;

/// <summary>
/// Compares a text with the snapshot <c>Class.Method_parameters.verified.extension</c> beside the test. What differs is
/// left as <c>.received.</c>; with NETPOL_UPDATE_SNAPSHOTS=1 it becomes the snapshot.
/// </summary>
public static partial class Verifier
{
    /// <param name="parameters">What tells the cases of a theory apart; null where there is one.</param>
    public static void Verify(
        string text, string extension, string? parameters = null, [CallerFilePath] string testFile = "", [CallerMemberName] string method = "")
    {
        var name = $"{Path.GetFileNameWithoutExtension(testFile)}.{method}{(parameters is null ? "" : "_" + Unspeakable().Replace(parameters, "-"))}";
        VerifyFile(text, Path.Combine(Path.GetDirectoryName(testFile) ?? ".", name), extension);
    }

    /// <summary>The same for a snapshot with a place of its own: <c>STEM.verified.extension</c>.</summary>
    public static void VerifyFile(string text, string stem, string extension) => Snapshot.VerifyFile(text, stem, extension);

    [GeneratedRegex("[^A-Za-z0-9.=-]+")]
    private static partial Regex Unspeakable();
}
