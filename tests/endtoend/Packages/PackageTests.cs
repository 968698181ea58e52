using Netpol.Lab;

namespace Netpol.Tests.EndToEnd.Packages;

/// <summary>The packed packages as a user meets them.</summary>
public sealed class PackageTests
{
    private const string Bundle = "netpol/policy/manifest.json";
    private const string Built = $"ShopPolicy/bin/Release/net10.0/{Bundle}";

    [Fact]
    public void TheQuickstartRestoresBuildsAndPassesItsTests()
    {
        using UserProject project = new();
        project.CopyQuickstart();

        var tests = project.Dotnet("test", "ShopPolicy.Tests", "-c", "Release").Succeeded();
        var rules = project.Dotnet("ShopPolicy/bin/Release/net10.0/ShopPolicy.dll", "rules").Succeeded();

        Assert.Contains("Passed:    12", tests.Text, StringComparison.Ordinal);
        Assert.Contains("2 shop.netpol:19:9 allow from web on 8080/tcp", rules.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void ABundleIsMadeAnewWhenItsSourcesChangeAndOnlyThen()
    {
        using UserProject project = new();
        project.CopyQuickstart();
        RunResult Build() => project.Dotnet("build", "ShopPolicy", "-c", "Release", "-v", "normal");
        DateTime Made() => File.GetLastWriteTimeUtc(project.Of($"ShopPolicy/obj/Release/net10.0/{Bundle}"));

        Build().Succeeded();
        var first = Made();
        Build().Succeeded();
        Assert.Equal(first, Made());

        // An error has the place in the file, fails the build, and leaves the bundle of before.
        project.Replace("ShopPolicy/shop.netpol", "from web on 8080", "from wab on 8080");
        var broken = Build();
        Assert.NotEqual(0, broken.ExitCode);
        Assert.Contains("shop.netpol(19,20,19,23): error NP2002: there is no group `wab`", broken.Text, StringComparison.Ordinal);
        Assert.Equal(first, Made());

        // What is imported belongs to the bundle, inside the project or not.
        project.Replace("ShopPolicy/shop.netpol", "from wab on 8080", "from web on 8080");
        project.Replace("ShopPolicy/shop.netpol", "default namespace shop\n", "default namespace shop\nimport \"../shared.netpol\"\n");
        File.WriteAllText(project.Of("shared.netpol"), "ports metrics = 9100/tcp\n");
        Build().Succeeded();
        var second = Made();
        Assert.NotEqual(first, second);
        File.WriteAllText(project.Of("shared.netpol"), "ports metrics = 9101/tcp\n");
        Build().Succeeded();
        Assert.NotEqual(second, Made());

        // A file that comes makes it anew, and one that goes.
        File.WriteAllText(project.Of("ShopPolicy/extra.netpol"), "ports extra = 9102/tcp\n");
        Build().Succeeded();
        Assert.Contains("extra.netpol", project.Read(Built), StringComparison.Ordinal);
        File.Delete(project.Of("ShopPolicy/extra.netpol"));
        Build().Succeeded();
        Assert.DoesNotContain("extra.netpol", project.Read(Built), StringComparison.Ordinal);
    }

    [Fact]
    public void PublishCarriesTheBundleAndCleanTakesIt()
    {
        using UserProject project = new();
        project.CopyQuickstart();

        project.Dotnet("publish", "ShopPolicy", "-c", "Release", "-o", project.Of("published")).Succeeded();
        Assert.True(File.Exists(project.Of($"published/{Bundle}")));
        Assert.True(File.Exists(project.Of("published/netpol/policy/sources/shop.netpol")));

        project.Dotnet("clean", "ShopPolicy", "-c", "Release").Succeeded();
        Assert.Empty(Directory.EnumerateFiles(project.Of("ShopPolicy"), "manifest.json", SearchOption.AllDirectories));
    }

    [Fact]
    public void AnEditorTakesTheLastBundleAndSurvivesErrors()
    {
        using UserProject project = new();
        project.CopyQuickstart();
        string[] designTime = ["msbuild", "ShopPolicy", "-t:Compile", "-p:Configuration=Release", "-p:DesignTimeBuild=true", "-p:BuildingProject=false",
            "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true"];
        project.Dotnet("restore", "ShopPolicy").Succeeded();

        // Before any build there is a class already, so that the first look at the project is not all red.
        project.Dotnet(designTime).Succeeded();
        var manifest = project.Of($"ShopPolicy/obj/Release/net10.0/{Bundle}");
        var first = File.GetLastWriteTimeUtc(manifest);

        project.Replace("ShopPolicy/shop.netpol", "from web on 8080", "from wab on 8080");
        project.Dotnet(designTime).Succeeded();
        Assert.Equal(first, File.GetLastWriteTimeUtc(manifest));
    }

    [Fact]
    public void FilesMayMakeSeveralBundlesWithAClassEach()
    {
        using UserProject project = new();
        project.CopyQuickstart();
        File.WriteAllText(project.Of("ShopPolicy/edge.netpol"), "group lb = pods where app == \"lb\"\npolicy lb for lb { ingress { allow from any on 443/tcp } }\n");
        project.Replace("ShopPolicy/ShopPolicy.csproj", "<ItemGroup>", "<ItemGroup>\n    <Netpol Update=\"edge.netpol\" Bundle=\"edge\" />");
        File.WriteAllText(project.Of("ShopPolicy/Both.cs"), "static class Both { public const uint Id = ShopPolicy.EdgeBundle.Rules.LbIngress1 + ShopPolicy.PolicyBundle.Rules.DbIngress1; }\n");

        project.Dotnet("build", "ShopPolicy", "-c", "Release", "-m").Succeeded();

        Assert.True(File.Exists(project.Of("ShopPolicy/bin/Release/net10.0/netpol/edge/manifest.json")));
        Assert.DoesNotContain("edge.netpol", project.Read(Built), StringComparison.Ordinal);
    }

    /// <summary>Keys in their real layout and byte order, on a node of the test's own.</summary>
    [Fact]
    public void AGeneratedClassLoadsItsBundleAndReadsTheNodesMaps()
    {
        using UserProject project = new();
        using var folder = LabFolder.Create();
        var pins = Path.Combine(folder.MountBpf("bpf"), "netpol");
        project.CopyQuickstart();
        project.Replace("ShopPolicy/shop.netpol", "from any on 80/tcp, 443/tcp", "from cidr 203.0.113.0/24 on 80/tcp");
        File.WriteAllText(project.Of("ShopPolicy/Program.cs"), """
            using System.Net;
            using Netpol.Loader;
            using Netpol.Runtime;
            using ShopPolicy;

            var policy = PolicyBundle.Open(new NodePaths(args[0], args[1]));
            Console.WriteLine($"loaded {policy.Load().Changed} {policy.Load().Changed} in charge {policy.IsInCharge()}");
            using var prefixes = policy.OpenPrefixes4();
            var office = new PolicyBundle.Prefix4Key { Length = 32, Address = BigEndian32.FromAddress(IPAddress.Parse("203.0.113.77")) };
            var elsewhere = new PolicyBundle.Prefix4Key { Length = 32, Address = BigEndian32.FromAddress(IPAddress.Parse("77.113.0.203")) };
            Console.WriteLine($"told apart {prefixes.TryGet(office, out var a) && prefixes.TryGet(elsewhere, out var b) && a.Class != b.Class}");
            Console.WriteLine($"listed {prefixes.Entries().Any(entry => $"{entry.Key.Address.ToIPAddress()}/{entry.Key.Length}" == "203.0.113.0/24")}");
            using var counters = policy.OpenRuleCounters();
            Console.WriteLine($"verdicts {counters[PolicyBundle.Rules.WebIngress1].Sum(counter => (long)counter.Verdicts)}");
            """);
        project.Dotnet("build", "ShopPolicy", "-c", "Release").Succeeded();

        var run = project.Dotnet("ShopPolicy/bin/Release/net10.0/ShopPolicy.dll", pins, folder.Subfolder("state")).Succeeded();

        Assert.Equal("loaded True False in charge True\ntold apart True\nlisted True\nverdicts 0\n", run.Text);
    }

    [Fact]
    public void TheTemplateMakesAProjectThatPassesItsTests()
    {
        using UserProject project = new();
        File.WriteAllText(project.Of("nuget.config"), $"""
            <configuration><packageSources><add key="netpol" value="{UserProject.Feed}" /></packageSources></configuration>
            """);
        var package = Directory.GetFiles(UserProject.Feed, "Netpol.Templates.*.nupkg").Single();

        project.Dotnet("new", "install", package).Succeeded();
        project.Dotnet("new", "netpol", "-n", "Billing", "-o", "Billing").Succeeded();
        var tests = project.Dotnet("test", "Billing/Billing.Tests").Succeeded();

        Assert.Contains("Passed:    12", tests.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void TheCommandIsATool()
    {
        using UserProject project = new();
        project.CopyQuickstart();

        project.Dotnet("tool", "install", "netpol", "--tool-path", project.Of("tools"), "--prerelease", "--add-source", UserProject.Feed).Succeeded();
        var checkedFile = project.Run(project.Of("tools/netpol"), "test", "ShopPolicy/shop.netpol").Succeeded();

        Assert.Contains("the shop works", checkedFile.Text, StringComparison.Ordinal);
    }
}
