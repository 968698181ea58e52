using System.Collections.Immutable;
using Netpol.Binding;
using Netpol.Compiler.Compilation;
using Netpol.Diagnostics;
using Netpol.Parsing;
using Netpol.Text;
using Netpol.Toolchain;

namespace Netpol.Tests.EndToEnd.Rig;

/// <summary>A bundle built from a text, in a folder that goes with it.</summary>
internal sealed class PolicyBundle : IDisposable
{
    public const string FileName = "test.netpol";

    private PolicyBundle(string folder) => Folder = folder;

    public string Folder { get; }

    public static PolicyBundle Build(string text)
    {
        var parent = Directory.CreateTempSubdirectory("netpol-bundle-").FullName;
        var bundle = new PolicyBundle(Path.Combine(parent, "bundle"));
        try
        {
            bundle.Rebuild(text);
            return bundle;
        }
        catch
        {
            bundle.Dispose();
            throw;
        }
    }

    /// <summary>Builds another text into the same folder.</summary>
    public void Rebuild(string text)
    {
        SourceFile source = new(FileName, text);
        var (unit, syntax) = NetpolParser.Parse(source);
        var (model, meaning) = Binder.Bind([unit]);
        RequireNone(syntax.AddRange(meaning));

        var (output, target) = NetpolCompiler.Compile(model, [source]);
        RequireNone(target);
        RequireNone(BundleBuilder.Write(output!, [source], Folder).Diagnostics);
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);

    private static void RequireNone(ImmutableArray<Diagnostic> diagnostics)
    {
        if (diagnostics.FirstOrDefault(diagnostic => diagnostic.IsError) is { } error)
        {
            throw new InvalidOperationException($"the test's own policy: {error.Id} {error.Message} at {error.Span}");
        }
    }
}
