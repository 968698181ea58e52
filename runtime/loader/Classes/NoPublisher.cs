namespace Netpol.Loader.Classes;

/// <summary>For classes that are only counted.</summary>
internal sealed class NoPublisher : IClassPublisher
{
    public void Publish(AddressClass added, IReadOnlyList<AddressClass> earlier)
    {
    }

    public void Judge(AddressClass judged, IReadOnlyList<AddressClass> all)
    {
    }
}
