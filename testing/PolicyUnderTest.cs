using Netpol.Questions;
using Netpol.Semantics;
using Netpol.Toolchain;

namespace Netpol.Testing;

/// <summary>What <c>.netpol</c> files mean, by the reference evaluator: no kernel, no root, no bundle.</summary>
public sealed class PolicyUnderTest
{
    private readonly Evaluator _evaluator;
    private readonly UnusedAddresses _unused;

    private PolicyUnderTest(SourceTree tree)
    {
        _evaluator = new Evaluator(tree.Model);
        _unused = new UnusedAddresses(tree.Model);
    }

    /// <param name="files">Files, or folders of <c>.netpol</c> files.</param>
    /// <exception cref="PolicyTestException">They have errors, all of which it lists.</exception>
    public static PolicyUnderTest OfFiles(params string[] files)
    {
        var tree = SourceTree.Load(files, Environment.CurrentDirectory);
        return tree.HasErrors
            ? throw new PolicyTestException(string.Join('\n', tree.Diagnostics.Where(diagnostic => diagnostic.IsError).Select(diagnostic => $"{diagnostic}")))
            : new PolicyUnderTest(tree);
    }

    /// <summary>Of the sources that a bundle was made from.</summary>
    public static PolicyUnderTest OfBundle(string folder) => OfFiles(SourcesOf(folder));

    /// <summary>What becomes of a new connection.</summary>
    /// <param name="from">As for <c>netpol eval</c>: <c>pod:shop/app=web,tier=front</c>, with <c>@10.0.0.5</c> behind it for its address
    /// and <c>#http=8080/tcp</c> for names it gives to ports; or an address.</param>
    /// <param name="to">The same.</param>
    /// <param name="port"><c>8080/tcp</c>, <c>53/udp</c>, <c>icmp(echo-request)</c>…</param>
    /// <param name="others">Endpoints that are there besides: backends of a service.</param>
    /// <exception cref="PolicyTestException">One of them is not written so.</exception>
    public Decision Evaluate(string from, string to, string port, params string[] others)
    {
        var traffic = FlowPort.Read(port, out var problem) ?? throw new PolicyTestException(problem);
        var backends = others.Select(other => End(other).Endpoint ?? throw new PolicyTestException($"`{other}` is no endpoint"));
        var question = FlowQuestion.Of(End(from), End(to), traffic, [.. backends], _unused, out problem) ?? throw new PolicyTestException(problem);
        return Decision.Of(_evaluator.Judge(question.Universe, question.Flow));
    }

    /// <summary>Every file of a bundle's folder <c>sources</c>.</summary>
    internal static string[] SourcesOf(string folder)
    {
        var sources = Path.Combine(folder, BundleBuilder.SourcesFolder);
        return Directory.Exists(sources)
            ? [.. Directory.EnumerateFiles(sources, "*.netpol", SearchOption.AllDirectories).Order(StringComparer.Ordinal)]
            : throw new PolicyTestException($"`{folder}` is no bundle's folder: it has no `{BundleBuilder.SourcesFolder}`");
    }

    internal static FlowEnd End(string text) => FlowEnd.Read(text, out var problem) ?? throw new PolicyTestException(problem);
}
