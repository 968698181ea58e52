namespace Netpol.Tests.EndToEnd.Offload;

/// <summary>One lab for all tests of this folder: they set its devices, so they run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class CheckedLabCollection : ICollectionFixture<CheckedLab>
{
    public const string Name = "checked lab";
}
