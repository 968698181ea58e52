using System.Runtime.CompilerServices;

namespace Netpol.Testing;

/// <summary>
/// Texts that are kept beside their tests: <c>Class.Method.verified.txt</c>. What differs is left as <c>.received.</c>; with
/// NETPOL_UPDATE_SNAPSHOTS=1 it becomes the snapshot.
/// </summary>
public static class Snapshot
{
    private const string Switch = "NETPOL_UPDATE_SNAPSHOTS";

    /// <exception cref="PolicyTestException">The text is another; the message has the first difference.</exception>
    public static void Verify(string text, string extension = "txt", [CallerFilePath] string testFile = "", [CallerMemberName] string method = "") =>
        VerifyFile(text, Path.Combine(Path.GetDirectoryName(testFile) ?? ".", $"{Path.GetFileNameWithoutExtension(testFile)}.{method}"), extension);

    /// <summary>The same for a snapshot with a place of its own: <c>STEM.verified.extension</c>.</summary>
    public static void VerifyFile(string text, string stem, string extension)
    {
        var (verified, received) = ($"{stem}.verified.{extension}", $"{stem}.received.{extension}");
        var expected = File.Exists(verified) ? File.ReadAllText(verified) : null;
        if (expected == text)
        {
            File.Delete(received);
        }
        else if (Environment.GetEnvironmentVariable(Switch) == "1")
        {
            File.WriteAllText(verified, text);
            File.Delete(received);
        }
        else
        {
            File.WriteAllText(received, text);
            throw new PolicyTestException(expected is null
                ? $"there is no snapshot {verified}; look at {received} and run again with {Switch}=1 to take it"
                : $"{verified} differs from {received}; run again with {Switch}=1 to take it\n{FirstDifference(expected, text)}");
        }
    }

    private static string FirstDifference(string expected, string actual)
    {
        var (before, after) = (expected.Split('\n'), actual.Split('\n'));
        var line = before.Zip(after).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"first in line {line + 1}\n  expected: {before.ElementAtOrDefault(line)}\n  received: {after.ElementAtOrDefault(line)}";
    }
}
