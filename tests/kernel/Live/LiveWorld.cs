using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Netpol.Bundle;
using Netpol.Bundle.Verdicts;
using Netpol.Loader;
using Netpol.Loader.Classes;
using Netpol.Loader.Generations;
using Netpol.Loader.Native;
using Netpol.Loader.State;
using Netpol.Loader.Verdicts;
using Netpol.Testing.Packets;
using Netpol.Tests.Kernel.Loader;
using Netpol.Toolchain;
using BundleFolder = Netpol.Loader.Generations.BundleFolder;

namespace Netpol.Tests.Kernel.Live;

/// <summary>A node with a client and a server, whose rules come from text, and what its datapath does with packets.</summary>
internal sealed class LiveWorld
{
    internal const string Client = "10.1.0.1", Server = "10.1.0.2";
    internal const int Passed = 7, Next = -1, Dropped = 2;

    private readonly Scratch _scratch;
    private int _bundles;

    /// <summary>With the text in charge and both containers attached.</summary>
    internal LiveWorld(Scratch scratch, string text)
    {
        _scratch = scratch;
        // Link-local addresses come to devices when they like, and each is a class of the node's.
        File.WriteAllText("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
        using var node = Node.Open(scratch.Paths);
        node.Apply(Build(text).Folder);
        foreach (var (name, address) in new[] { ("client", Client), ("server", Server) })
        {
            Scratch.AddDevices($"{name}-h", $"{name}-c");
            node.Attach(new EndpointSpec(name, "eth0", $"{name}-h", "", [address], "shop", null, Labels(name), []));
        }
    }

    internal NodePaths Paths => _scratch.Paths;

    internal StateFolder State => new(Paths.State);

    internal static ImmutableSortedDictionary<string, string> Labels(string app) => ImmutableSortedDictionary<string, string>.Empty.Add("app", app);

    /// <summary>A bundle, in a folder and as a compiler in the process would hand it over.</summary>
    internal (string Folder, Manifest Manifest, VerdictTerms Terms) Build(string text)
    {
        var number = ++_bundles;
        var source = Path.Combine(_scratch.Folder, "a.netpol");
        File.WriteAllText(source, "default namespace shop\n" + text, new UTF8Encoding(false));
        var folder = Path.Combine(_scratch.Folder, string.Create(CultureInfo.InvariantCulture, $"bundle{number}"));
        var built = BundleBuilder.Build([source], folder, backend: BackendKind.Bytecode);
        Assert.True(built.Manifest is not null, string.Join('\n', built.Diagnostics));
        var content = BundleFolder.Open(folder).Read();
        return (folder, content.Manifest, VerdictTermsFile.Read(content.Terms));
    }

    internal Generation Open() => Generation.OpenCurrent(new PinFolder(Paths.Pins), State) ?? throw new InvalidOperationException("nothing is in charge");

    /// <summary>What the client's own program answers.</summary>
    internal int Send(Packet packet, int slot = 1)
    {
        using var generation = Open();
        using var program = BpfProgram.OpenById(Maps.ProgramId(Paths, "from_endpoint_programs", slot, generation.Number), "from_endpoint");
        return program.TestRun(packet.ToFrame(), [], new byte[512]).Answer;
    }

    internal int SendTo(string address, ushort port, ushort from = 40_000) => Send(Packet.TcpFrom(Client, from, address, port, Packet.Syn));

    /// <summary>The tables are those that a load would make now, for the classes that there are.</summary>
    internal void RequireTablesOfALoad()
    {
        using var generation = Open();
        var terms = State.ReadVerdicts(generation.Number, generation.Record.Revision) ?? throw new InvalidOperationException("no terms");
        var classes = new ClassFile(State.GenerationFile(generation.Number, ClassFile.FileName)).Read();
        Assert.Equal(TableMeaning.Of(VerdictDraft.Whole(terms, classes)), TableMeaning.Of(generation.Maps));
    }
}
