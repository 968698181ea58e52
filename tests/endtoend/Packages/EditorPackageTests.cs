using System.IO.Compression;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Netpol.Tests.EndToEnd.Rig;

namespace Netpol.Tests.EndToEnd.Packages;

/// <summary>The extension for VS Code as <c>./build.sh pack</c> leaves it.</summary>
public sealed class EditorPackageTests
{
    [Fact]
    public void The_extension_holds_what_its_manifests_name()
    {
        using var package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(UserProject.Feed, "netpol-*.vsix")));
        var names = package.Entries.Select(entry => entry.FullName).ToHashSet(StringComparer.Ordinal);
        var manifest = XDocument.Load(Open("extension.vsixmanifest"));
        var description = JsonNode.Parse(Open("extension/package.json"))!;
        var types = XDocument.Load(Open("[Content_Types].xml")).Descendants().Attributes("Extension").Select(attribute => attribute.Value).ToList();

        Assert.All(manifest.Descendants().Where(element => element.Name.LocalName == "Asset"), asset => Assert.Contains((string)asset.Attribute("Path")!, names));
        Assert.All(
            [(string)description["main"]!, (string)description["contributes"]!["grammars"]![0]!["path"]!, (string)description["contributes"]!["languages"]![0]!["configuration"]!],
            path => Assert.Contains($"extension/{path[2..]}", names));
        Assert.Contains("extension/connection.js", names);
        Assert.All(names.Where(name => name != "[Content_Types].xml"), name => Assert.Contains(Path.GetExtension(name), types));

        Stream Open(string name) => (package.GetEntry(name) ?? throw new FileNotFoundException(name)).Open();
    }

    [Fact]
    public void Manual_pages_come_with_the_packages()
    {
        var pages = Directory.GetFiles(Path.Combine(Product.Root, "artifacts", "man"), "*.1").Select(Path.GetFileName).ToList();

        Assert.Contains("netpol.1", pages);
        Assert.Contains("netpol-check.1", pages);
    }
}
