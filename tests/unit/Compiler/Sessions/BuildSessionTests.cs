using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Tests.Support;
using Netpol.Toolchain;

namespace Netpol.Tests.Unit.Compiler.Sessions;

public sealed class BuildSessionTests : IDisposable
{
    private const string Policy = "group g = pods where app == \"a\"\npolicy p for g { ingress {\n    allow from g on 80/tcp\n} }\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_what_was_built_and_its_digest_holds()
    {
        var session = new BuildSession([_folder.File("a.netpol", Policy)], _folder.Path);
        session.Build();
        _folder.File("a.netpol", Policy.Replace("80/tcp", "81/tcp", StringComparison.Ordinal));

        var build = session.Build();
        var written = build.Write(_folder.Of("bundle"));

        Assert.Empty(written.Diagnostics);
        var manifest = System.Text.Json.JsonSerializer.Deserialize(File.ReadAllText(_folder.Of("bundle/manifest.json")), ManifestJson.Default.Manifest);
        Assert.NotNull(manifest);
        Assert.Equal("bytecode", manifest.Backend);
        Assert.Equal("allow from g on 81/tcp", Assert.Single(manifest.Rules).Text);
        Assert.Equal(build.Seal()?.Digest, manifest.Digest);
        Assert.Equal(manifest.Digest, BundleDigest.Compute(manifest, File.ReadAllBytes(_folder.Of($"bundle/{manifest.Object}"))));
        Assert.Equal(manifest.Rules[0].Id, Assert.Single(VerdictTermsFile.Read(File.ReadAllBytes(_folder.Of("bundle/verdicts.bin"))).Terms).Rule);
    }

    [Fact]
    public void An_object_is_the_one_that_a_build_makes_of_the_same_sources()
    {
        var source = _folder.File("a.netpol", "observe { }\n" + Policy);
        var session = new BuildSession([source], _folder.Path);
        session.Build().Write(_folder.Of("first"));
        _folder.File("a.netpol", "observe { drops all }\n" + Policy);

        session.Build().Write(_folder.Of("second"));

        // Whether drops make events is in the object.
        Assert.NotEqual(File.ReadAllBytes(_folder.Of("first/datapath.bpf.o")), File.ReadAllBytes(_folder.Of("second/datapath.bpf.o")));
        new BuildSession([source], _folder.Path).Build().Write(_folder.Of("anew"));
        Assert.Equal(File.ReadAllBytes(_folder.Of("anew/datapath.bpf.o")), File.ReadAllBytes(_folder.Of("second/datapath.bpf.o")));
    }

    [Fact]
    public void Sources_with_errors_have_no_manifest_and_the_next_build_goes_on()
    {
        var session = new BuildSession([_folder.File("a.netpol", Policy)], _folder.Path);
        var before = session.Build().Seal();
        _folder.File("a.netpol", Policy + "}");

        var wrong = session.Build();
        _folder.File("a.netpol", Policy);

        Assert.Null(wrong.Manifest);
        Assert.Equal("NP1011", Assert.Single(wrong.Diagnostics).Id);
        Assert.Equal(before?.Digest, session.Build().Seal()?.Digest);
    }
}
