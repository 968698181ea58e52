using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Netpol.Advice;
using Netpol.Binding;
using Netpol.Diagnostics;
using Netpol.Parsing;
using Netpol.Toolchain;

namespace Netpol.Tests.Unit.Diagnostics;

public sealed partial class CatalogueTests
{
    private static readonly string DocumentPath = Path.Combine(RepositoryRoot(), "docs", "diagnostics.md");

    [Fact]
    public void Ids_are_unique_and_in_order_within_their_catalogue()
    {
        var catalogues = Catalogues();

        Assert.All(catalogues, catalogue => Assert.Equal(
            catalogue.Descriptors.Select(descriptor => descriptor.Id).Order(StringComparer.Ordinal),
            catalogue.Descriptors.Select(descriptor => descriptor.Id)));
        var ids = catalogues.SelectMany(catalogue => catalogue.Descriptors).Select(descriptor => descriptor.Id).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(ids, id => Assert.Matches("^NP[0-9]{4}$", id));
    }

    [Fact]
    public void Every_catalogue_lists_all_of_its_descriptors()
    {
        Assert.Equal(Fields(typeof(SyntaxDiagnostics)), SyntaxDiagnostics.All);
        Assert.Equal(Fields(typeof(BindingDiagnostics)), BindingDiagnostics.All);
        Assert.Equal(Fields(typeof(MeaningDiagnostics)), MeaningDiagnostics.All);
        Assert.Equal(Fields(typeof(SupportDiagnostics)), SupportDiagnostics.All);
        Assert.Equal(Fields(typeof(AdviceDiagnostics)), AdviceDiagnostics.All);
    }

    [Fact]
    public void Messages_are_one_lower_case_sentence_without_a_full_stop()
    {
        var descriptors = Catalogues().SelectMany(catalogue => catalogue.Descriptors).ToList();

        Assert.All(descriptors, descriptor =>
        {
            Assert.False(descriptor.Format.EndsWith('.'), descriptor.Id);
            Assert.False(char.IsUpper(descriptor.Format[0]), descriptor.Id);
            Assert.True(descriptor.Help.EndsWith('.') || descriptor.Help.EndsWith('?'), descriptor.Id);
        });
    }

    [Fact]
    public void Every_diagnostic_of_reading_and_binding_has_a_test_that_names_it()
    {
        var named = typeof(CatalogueTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance))
            .SelectMany(method => method.GetCustomAttributes<InlineDataAttribute>().SelectMany(data => data.GetData(method)))
            .SelectMany(row => row).OfType<string>().Where(value => IdPattern().IsMatch(value)).ToHashSet();

        // These stand in facts, because their input is large, of several files, or always the same id.
        string[] inFacts = ["NP1009", "NP1025", "NP1028", "NP1040", "NP1041", "NP1042", "NP2005", "NP2006", "NP3018", "NP4001"];

        var descriptors = SyntaxDiagnostics.All.AddRange(BindingDiagnostics.All).AddRange(MeaningDiagnostics.All).AddRange(AdviceDiagnostics.All)
            .AddRange(SupportDiagnostics.All);
        Assert.Empty(descriptors.Select(descriptor => descriptor.Id).Except(named).Except(inFacts));
    }

    /// <summary>With NETPOL_UPDATE_SNAPSHOTS=1 the page is written instead of compared.</summary>
    [Fact]
    public void The_page_of_diagnostics_is_current()
    {
        var expected = Page();

        if (Environment.GetEnvironmentVariable("NETPOL_UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(DocumentPath, expected);
        }

        Assert.Equal(expected, File.ReadAllText(DocumentPath));
    }

    private static List<(Type Type, IReadOnlyList<DiagnosticDescriptor> Descriptors)> Catalogues() =>
        [.. new[] { typeof(BindingDiagnostics).Assembly, typeof(Netpol.Compiler.Compilation.NetpolCompiler).Assembly, typeof(BundleBuilder).Assembly, typeof(Netpol.Kubernetes.KubernetesImporter).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Select(type => (Type: type, Descriptors: Fields(type)))
            .Where(catalogue => catalogue.Descriptors.Count > 0)
            .OrderBy(catalogue => catalogue.Descriptors[0].Id, StringComparer.Ordinal)];

    private static IReadOnlyList<DiagnosticDescriptor> Fields(Type type) => type.ContainsGenericParameters
        ? []
        : [.. type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(field => field.FieldType == typeof(DiagnosticDescriptor))
            .OrderBy(field => field.MetadataToken)
            .Select(field => (DiagnosticDescriptor)field.GetValue(null)!)];

    private static string Page()
    {
        var page = new StringBuilder("""
            # Diagnostics

            Every problem that Netpol finds in a source has an id that never changes and is never given again. `NP1` is spelling, `NP2` names and
            types, `NP3` meaning, `NP4` what this version or this machine cannot do, `NP5` what Kubernetes YAML says. Errors stop a build, warnings do not.
            `{0}` stands for what the author wrote. The tables are made from the source by `tests/unit/Diagnostics/CatalogueTests.cs`.

            ## Output

            `netpol check --format` takes:

            * `human`: the line, its source underlined, help, and where there are any a second place and a fix.
            * `msbuild`: a line a diagnostic, `file(line,column): error NP1014: message`; `netpol: error …` where there is no place.
            * `sarif`: a SARIF 2.1.0 log with the rules, results, related places and fixes.
            * `json`: one object. Its fields are a contract:

            | field | what it is |
            |---|---|
            | `errors`, `warnings` | how many of each |
            | `diagnostics[]` | in the order of files and places |
            | `.id`, `.severity`, `.message`, `.help` | severity is `error` or `warning` |
            | `.file` | path from the build root; null where the problem is in no source |
            | `.line`, `.column`, `.endLine`, `.endColumn` | from 1, columns in code points, the end is behind the last character; absent where `file` is null |
            | `.related` | absent, or the second place: `message`, `file`, `line`, `column`, `endLine`, `endColumn` |
            | `.fix` | absent, or a replacement that mends it: `replacement`, `file`, `line`, `column`, `endLine`, `endColumn` |

            """.ReplaceLineEndings("\n"));
        foreach (var (type, descriptors) in Catalogues())
        {
            page.Append($"\n## {Title(type)}\n\n| id | severity | message | help |\n|---|---|---|---|\n");
            foreach (var descriptor in descriptors)
            {
                page.Append($"| {descriptor.Id} | {descriptor.Severity.ToString().ToLowerInvariant()} | {Cell(Shown(descriptor.Format))} | {Cell(descriptor.Help)} |\n");
            }
        }

        return page.ToString();
    }

    private static string Title(Type type) => type.Name.Replace("Diagnostics", "", StringComparison.Ordinal);

    private static string Shown(string format) => format.Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal);

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Dsl.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"no Dsl.sln above {AppContext.BaseDirectory}");
    }

    [GeneratedRegex("^NP[0-9]{4}$")]
    private static partial Regex IdPattern();
}
