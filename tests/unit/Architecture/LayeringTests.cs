using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Netpol.Tests.Support;

namespace Netpol.Tests.Unit.Architecture;

public sealed class LayeringTests
{
    private static readonly string[] Assemblies =
    [
        "Netpol.Dsl", "Netpol.Bundle", "Netpol.Compiler", "Netpol.Kubernetes", "Netpol.Lsp", "Netpol.Toolchain", "Netpol.Loader", "Netpol.Observe", "Netpol.Runtime", "Netpol.Testing", "Netpol.Generator",
        "netpol", "netpol-cni", "netpol-bench-compile",
    ];

    [Fact]
    public void No_type_names_a_namespace_that_its_own_may_not_import()
    {
        var table = LayeringTable.Read();

        var offences = Types()
            .SelectMany(type => TypeReferences.Of(type).Select(named => (type, named)))
            .Where(pair => IsOurs(pair.named) && !table.MayImport(NamespaceOf(pair.type), NamespaceOf(pair.named)))
            .Select(pair => $"{FileOf(pair.type)}: `{NamespaceOf(pair.type)}` may not import `{NamespaceOf(pair.named)}` (it names {pair.named.Name})")
            .Distinct().Order(StringComparer.Ordinal);

        Assert.Equal("", string.Join('\n', offences));
    }

    [Fact]
    public void Every_namespace_has_a_row_in_the_table()
    {
        var table = LayeringTable.Read();

        var homeless = Types().Select(NamespaceOf).Distinct().Where(name => table.RowOf(name) is null);

        Assert.Empty(homeless);
    }

    [Fact]
    public void Programs_outside_these_assemblies_reference_what_the_table_allows()
    {
        var table = LayeringTable.Read();
        (string Project, string Namespace)[] projects =
        [
            ("compiler/build/Netpol.Build.csproj", "Netpol.Build"),
            ("examples/lab/Netpol.Lab.csproj", "Netpol.Lab"),
            ("examples/demo/Netpol.Demo.csproj", "Netpol.Demo"),
            ("bench/datapath/Netpol.Bench.csproj", "Netpol.Bench"),
            ("bench/compile/Netpol.Bench.Compile.csproj", "Netpol.Bench.Compile"),
            ("bench/lsp/Netpol.Bench.Lsp.csproj", "Netpol.Bench.Lsp"),
            ("bench/live/Netpol.Bench.Live.csproj", "Netpol.Bench.Live"),
        ];

        var offences = from project in projects
                       from reference in XDocument.Load(Repository.PathOf(project.Project)).Descendants("ProjectReference")
                       let name = Path.GetFileNameWithoutExtension(reference.Attribute("Include")?.Value.Replace('\\', '/') ?? "")
                       where !table.MayImport(project.Namespace, name)
                       select $"{project.Project} references {name}";

        Assert.Equal("", string.Join('\n', offences));
    }

    [Fact]
    public void References_in_bases_signatures_and_code_are_all_seen()
    {
        var named = TypeReferences.Of(typeof(Specimen)).ToList();

        Assert.Contains(typeof(ICloneable), named);
        Assert.Contains(typeof(Version), named);
        Assert.Contains(typeof(Uri), named);
        Assert.Contains(typeof(ObsoleteAttribute), named);
        Assert.Contains(typeof(TimeZoneInfo), named);
    }

    private static IEnumerable<Type> Types() => Assemblies
        .SelectMany(name => Assembly.Load(name).GetTypes())
        .Where(type => IsOurs(type) && !(type.DeclaringType is null && type.IsDefined(typeof(CompilerGeneratedAttribute))));

    private static bool IsOurs(Type type) => NamespaceOf(type).StartsWith("Netpol", StringComparison.Ordinal);

    private static string NamespaceOf(Type type) => type.Namespace ?? "";

    // A file has one public type and its name; nested and small neighbours are named by the outermost type.
    private static string FileOf(Type type)
    {
        var outermost = type;
        while (outermost.DeclaringType is { } outer)
        {
            outermost = outer;
        }

        return outermost.Name.Split('`')[0] + ".cs";
    }

    private sealed class Specimen : ICloneable
    {
        private readonly List<Version[]> _field = [];

        [Obsolete("a specimen")]
        public object Clone() => Kept(() => TimeZoneInfo.Utc) + _field.Count;

        private static string Kept(Func<object> make) => $"{make()}{new Uri("about:blank")}{typeof(TimeZoneInfo)}";
    }
}
