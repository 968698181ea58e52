using Netpol.Binding;
using Netpol.Kubernetes;
using Netpol.Model;
using Netpol.Parsing;
using Netpol.Text;
using Xunit;

namespace Netpol.Tests.Support.Kubernetes;

/// <summary>Kubernetes objects as <c>.netpol</c> text and what that means, without an error on the way.</summary>
public sealed record Imported(string Text, NetworkModel Model)
{
    /// <summary>The file that the text's rules have their places in.</summary>
    public const string FileName = "imported.netpol";

    public static Imported Files(params IEnumerable<string> paths) =>
        Of([.. paths.Select(path => SourceFile.FromUtf8(path, File.ReadAllBytes(path)))]);

    public static Imported Of(params SourceFile[] objects)
    {
        var import = KubernetesImporter.Import([.. objects]);
        Assert.False(import.HasErrors, string.Join('\n', import.Diagnostics));

        var (unit, mistakes) = NetpolParser.Parse(new SourceFile(FileName, import.Text));
        var (model, meaning) = Binder.Bind([unit]);
        Assert.DoesNotContain(mistakes.Concat(meaning), diagnostic => diagnostic.IsError);
        return new Imported(import.Text, model);
    }
}
