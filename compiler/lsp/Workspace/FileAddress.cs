namespace Netpol.Lsp.Workspace;

/// <summary>Between paths and the <c>file:</c> addresses that clients name documents by.</summary>
internal static class FileAddress
{
    /// <returns>Null: it is of no file, such as a document that was never saved.</returns>
    public static string? PathOf(string uri) =>
        Uri.TryCreate(uri, UriKind.Absolute, out var address) && address.IsFile && address.LocalPath.StartsWith('/')
            ? Path.GetFullPath(address.LocalPath)
            : null;

    /// <summary>Every character but those that stand for themselves is escaped, as VS Code does.</summary>
    public static string Of(string path) => "file://" + string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
